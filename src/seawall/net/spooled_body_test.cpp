#include "seawall/net/spooled_body.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace seawall {
namespace {

std::string directory() { return ::testing::TempDir(); }

TEST(SpooledBody, GivesWhatItTookWhetherItFitsInMemoryOrNot) {
  for (const std::uint64_t memory : {0U, 10U, 100U, 1000U}) {
    SpooledBody body({.bytes_max = 1000, .memory_bytes_max = memory, .directory = directory()});
    std::string expected;
    for (int i = 0; i < 50; ++i) {
      const std::string piece(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26));
      ASSERT_TRUE(body.append(piece));
      expected += piece;
    }
    EXPECT_EQ(body.size_bytes(), expected.size());
    EXPECT_EQ(body.text(1000).value_or(""), expected) << memory;
    EXPECT_EQ(body.text(1000).value_or(""), expected) << "a second time";
  }
}

TEST(SpooledBody, TakesExactlyItsLimitAndNoByteMore) {
  SpooledBody body({.bytes_max = 10, .memory_bytes_max = 4, .directory = directory()});
  EXPECT_TRUE(body.append("0123456789"));
  const auto more = body.append("x");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, Code::kLimitExceeded);
  EXPECT_EQ(body.text(9).error().code, Code::kLimitExceeded);
}

TEST(SpooledBody, LeavesNoNameInItsDirectory) {
  const auto folder = std::filesystem::path(directory()) / "spool_test";
  std::filesystem::create_directories(folder);
  SpooledBody body({.bytes_max = 100, .memory_bytes_max = 1, .directory = folder.string()});
  ASSERT_TRUE(body.append("harmless"));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

TEST(SpooledBody, SaysWhereItCannotWrite) {
  SpooledBody body({.memory_bytes_max = 1, .directory = directory() + "/none"});
  const auto appended = body.append("harmless");
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace seawall
