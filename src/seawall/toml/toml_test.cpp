#include "seawall/toml/toml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seawall {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TomlDocument document(std::string_view text) {
  auto read = TomlDocument::from_text(text, "s.toml");
  EXPECT_TRUE(read) << read.error().message;
  return *std::move(read);
}

TEST(Toml, ReadsOptionsOfEachKind) {
  auto root = document("name = \"a\"\nn = 5\non = true\n").root();
  EXPECT_EQ(root.text("name").value(), "a");
  EXPECT_EQ(root.number("n", 1, 5).value(), 5);
  EXPECT_EQ(root.boolean("on").value(), true);
  EXPECT_EQ(root.text("none").value(), std::nullopt);
  EXPECT_TRUE(root.finish());
}

TEST(Toml, ReadsListsOfTexts) {
  auto root = document("a = [\"x\", \"y\"]\nb = []\nc = \"x\"\nd = [\"x\", 1]\n").root();
  EXPECT_EQ(root.texts("a", 2).value(), (std::vector<std::string>{"x", "y"}));
  EXPECT_THAT(root.texts("a", 1).error().message, StartsWith("s.toml:1: a: write a list of at most 1"));
  EXPECT_TRUE(root.texts("b", 2).value().empty());
  EXPECT_TRUE(root.texts("none", 2).value().empty());
  EXPECT_FALSE(root.texts("c", 2));
  EXPECT_FALSE(root.texts("d", 2));
  EXPECT_TRUE(root.finish());
}

TEST(Toml, SaysFileLineAndWhatToWrite) {
  auto root = document("\nname = 5\nn = 7\n").root();
  EXPECT_THAT(root.text("name").error().message, StartsWith("s.toml:2: name: write a text"));
  EXPECT_THAT(root.number("n", 1, 5).error().message, StartsWith("s.toml:3: n: write a number from 1 to 5"));
  EXPECT_THAT(root.required_text("url").error().message, HasSubstr("url: this option is needed"));
}

TEST(Toml, FindsOptionsThatNobodyAskedForWithoutRepeatingThem) {
  auto root = document("a = 1\nhunter2 = 2\n").root();
  ASSERT_TRUE(root.number("a", 0, 9));
  const auto finished = root.finish();
  ASSERT_FALSE(finished);
  EXPECT_THAT(finished.error().message, StartsWith("s.toml:2: "));
  EXPECT_THAT(finished.error().message, Not(HasSubstr("hunter2")));
}

TEST(Toml, GivesTheTablesOfAnArrayInOrder) {
  auto read = document("[[x]]\nn = 1\n[[x]]\nn = 2\n");
  auto tables = read.tables("x");
  ASSERT_TRUE(tables);
  ASSERT_EQ(tables->size(), 2u);
  EXPECT_EQ((*tables)[1].number("n", 0, 9).value(), 2);
  EXPECT_TRUE(read.tables("y").value().empty());
}

TEST(Toml, SaysAtWhichLineItIsNotTomlWithoutRepeatingIt) {
  const auto read = TomlDocument::from_text("a = 1\nhunter2\n", "s.toml");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, StartsWith("s.toml:2: "));
  EXPECT_THAT(read.error().message, Not(HasSubstr("hunter2")));
  EXPECT_FALSE(document("x = 1\n").tables("x"));
  EXPECT_EQ(TomlDocument::from_text(std::string((1 << 20) + 1, '#'), "s.toml").error().code,
            Code::kLimitExceeded);
}

TEST(Toml, RefusesNestingWithoutEnd) {
  EXPECT_FALSE(TomlDocument::from_text("a = " + std::string(100'000, '['), "s.toml"));
}

}  // namespace
}  // namespace seawall
