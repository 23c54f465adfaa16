#include "seawall/base/codes.h"

#include <gtest/gtest.h>

#include <set>

namespace seawall {
namespace {

TEST(CodeTable, HasOneRowForEveryCodeAndNoNameTwice) {
  std::set<std::string_view> names;
  for (int value = 1; value <= static_cast<int>(Code::kDecoderCrashed); ++value) {
    const Code code = static_cast<Code>(value);
    EXPECT_EQ(meaning_of(code).code, code) << value;
    names.insert(meaning_of(code).name);
  }
  EXPECT_EQ(names.size(), kCodeMeanings.size());
}

TEST(CodeTable, NeverUsesTheExitCodesOfSuccessOrUsage) {
  for (const CodeMeaning& row : kCodeMeanings) {
    EXPECT_GE(row.exit_code, 3) << row.name;
    EXPECT_LT(row.exit_code, 64) << row.name;
    EXPECT_GE(row.http_status, 400) << row.name;
  }
}

}  // namespace
}  // namespace seawall
