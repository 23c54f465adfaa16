#include "seawall/cli/log_kind_words.h"

#include <gtest/gtest.h>

#include <string>

#include "seawall/statement/log_entry.h"

namespace seawall::cli {
namespace {

TEST(LogKindWords, AreTheKindsThatThereAre) {
  std::string words;
  for (const LogKind kind : all_log_kinds()) words.append(words.empty() ? "" : " ").append(name_of(kind));
  EXPECT_EQ(kLogKindWords, words);
}

}  // namespace
}  // namespace seawall::cli
