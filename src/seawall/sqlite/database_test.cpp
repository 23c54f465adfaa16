#include "seawall/sqlite/database.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "seawall/base/temporary_folder.h"

namespace seawall {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  Database open(bool read_only = false) {
    auto database = Database::open(folder_ / "a.db", {.read_only = read_only, .create = !read_only});
    EXPECT_TRUE(database) << database.error().message;
    return std::move(*database);
  }

  const TemporaryFolder temporary_ = TemporaryFolder::make("seawall-db").value();
  const std::filesystem::path folder_ = temporary_.path();
};

TEST_F(DatabaseTest, GivesBackWhatWasBound) {
  Database database = open();
  ASSERT_TRUE(database.run("CREATE TABLE t(a INTEGER, b TEXT, c BLOB) STRICT"));
  const std::string text("x\0y", 3);
  auto insert = database.prepare("INSERT INTO t VALUES(?,?,?)");
  ASSERT_TRUE(insert);
  ASSERT_TRUE(insert->bind(1, std::int64_t{-5}).bind(2, text).bind(3, std::as_bytes(std::span(text))).run());
  ASSERT_TRUE(insert->bind_null(1).bind(2, std::string_view()).bind(3, std::span<const std::byte>()).run());
  auto select = database.prepare("SELECT a,b,c FROM t ORDER BY rowid");
  ASSERT_TRUE(select->step().value());
  EXPECT_EQ(select->integer(0), -5);
  EXPECT_EQ(select->text(1), text);
  EXPECT_EQ(select->blob(2).size(), 3U);
  ASSERT_TRUE(select->step().value());
  EXPECT_TRUE(select->is_null(0));
  EXPECT_FALSE(select->is_null(1));
  EXPECT_FALSE(select->is_null(2));
  EXPECT_FALSE(select->step().value());
}

TEST_F(DatabaseTest, ForgetsATransactionThatWasNotCommitted) {
  Database database = open();
  ASSERT_TRUE(database.run("CREATE TABLE t(a INTEGER) STRICT"));
  {
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database.run("INSERT INTO t VALUES(1)"));
  }
  {
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(database.run("INSERT INTO t VALUES(2)"));
    ASSERT_TRUE(transaction->commit());
  }
  Database reader = open(true);
  auto select = reader.prepare("SELECT group_concat(a) FROM t");
  ASSERT_TRUE(select->step().value());
  EXPECT_EQ(select->text(0), "2");
}

TEST_F(DatabaseTest, LetsAReaderChangeNothing) {
  ASSERT_TRUE(open().run("CREATE TABLE t(a INTEGER) STRICT"));
  EXPECT_FALSE(open(true).run("INSERT INTO t VALUES(1)"));
}

TEST_F(DatabaseTest, SaysThatAFileIsNoDatabase) {
  std::ofstream(folder_ / "a.db") << std::string(5000, 'x');
  const auto database = Database::open(folder_ / "a.db");
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, Code::kCorrupt) << database.error().message;
  EXPECT_EQ(Database::open(folder_ / "none.db").error().code, Code::kNotFound);
}

TEST_F(DatabaseTest, KeepsAWrongTypeOut) {
  Database database = open();
  ASSERT_TRUE(database.run("CREATE TABLE t(a INTEGER) STRICT"));
  EXPECT_EQ(database.run("INSERT INTO t VALUES('text')").error().code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall
