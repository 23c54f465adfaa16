#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "seawall/base/temporary_folder.h"
#include "seawall/base/unique_fd.h"
#include "seawall/sql/connection.h"
#include "seawall/sql/postgres_connection.h"
#include "seawall/sql/sqlite_connection.h"

namespace seawall {
namespace {

TEST(SqlText, SpellsParametersAndSetsAsEachDatabaseDoes) {
  constexpr std::string_view kSql = "SELECT a FROM t WHERE b = $2 AND c {any $1} LIMIT $3";
  EXPECT_EQ(expand_statement(kSql, SqlDialect::kSqlite),
            "SELECT a FROM t WHERE b = ?2 AND c IN (SELECT value FROM json_each(?1)) LIMIT ?3");
  EXPECT_EQ(expand_statement(kSql, SqlDialect::kPostgres),
            "SELECT a FROM t WHERE b = $2 AND c = ANY ($1::bigint[]) LIMIT $3");
}

TEST(SqlText, SpellsTypesAndTableOptionsAsEachDatabaseDoes) {
  constexpr std::string_view kSql = "CREATE TABLE t(a {int}, b {blob}, PRIMARY KEY(a)) {rowless}; {strict}";
  EXPECT_EQ(expand_schema(kSql, SqlDialect::kSqlite),
            "CREATE TABLE t(a INTEGER, b BLOB, PRIMARY KEY(a)) WITHOUT ROWID, STRICT; STRICT");
  EXPECT_EQ(expand_schema(kSql, SqlDialect::kPostgres),
            "CREATE TABLE t(a BIGINT, b BYTEA, PRIMARY KEY(a)) ; ");
}

/// A server that is stopped, as its clients see it: the system takes connections for it, and nobody answers.
class MuteServer : public testing::Test {
 protected:
  void SetUp() override {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const at = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(socket_.get(), at, length), 0);
    ASSERT_EQ(::listen(socket_.get(), 8), 0);
    ASSERT_EQ(::getsockname(socket_.get(), at, &length), 0);
    place_.settings = "host=127.0.0.1 dbname=none user=none port=" + std::to_string(ntohs(address.sin_port));
  }
  UniqueFd socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  PostgresPlace place_;
};

TEST_F(MuteServer, IsWaitedForUntilTheDeadlineOfConnecting) {
  SqlOptions options;
  options.connect_ms = 30;
  const auto begun = std::chrono::steady_clock::now();
  const auto connection = connect_postgres(place_, options);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(30));
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, Code::kUnavailable);
  EXPECT_NE(connection.error().message.find("did not answer within 30 ms"), std::string::npos)
      << connection.error().message;
}

TEST_F(MuteServer, IsNotWaitedForOnceTheProgramEnds) {
  std::stop_source ends;
  SqlOptions options;
  options.connect_ms = 3'600'000;
  options.stop = ends.get_token();
  ends.request_stop();
  const auto connection = connect_postgres(place_, options);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, Code::kUnavailable);
}

TEST_F(MuteServer, HasTheTimeThatTheSettingsName) {
  place_.settings += " connect_timeout=1";
  SqlOptions options;
  options.connect_ms = 3'600'000;
  const auto connection = connect_postgres(place_, options);
  ASSERT_FALSE(connection);
  EXPECT_NE(connection.error().message.find("within 1 s"), std::string::npos) << connection.error().message;
}

class SqliteBulkTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(connection_->run(
        "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c BLOB, d INTEGER CHECK (d > 0)) STRICT"));
  }

  /// What a row of that number holds: NULL in turns, and now and then bytes that fill a group alone.
  struct Row {
    explicit Row(std::int64_t number) : b("text " + std::to_string(number)) {
      c.resize(number % 50 == 49 ? 700'000 : static_cast<std::size_t>(number % 7), static_cast<char>(number));
    }
    std::string b;
    std::string c;
  };
  Result<void> insert(std::int64_t rows) {
    SEAWALL_TRY(const auto bulk, connection_->bulk("t", "a, b, c, d"));
    for (std::int64_t i = 0; i < rows; ++i) {
      const Row row(i);  // Gone before finish().
      bulk->add(i);
      if (i % 3 == 0) {
        bulk->add_null();
      } else {
        bulk->add(std::string_view(row.b));
      }
      bulk->add(std::as_bytes(std::span(row.c))).add_null();
      SEAWALL_CHECK(bulk->end_row());
    }
    return bulk->finish();
  }
  /// How many rows there are, each as it was inserted, in order.
  std::int64_t rows_as_inserted() {
    SqlStatement* query = connection_->statement("SELECT a, b, c, d FROM t ORDER BY a").value();
    std::int64_t rows = 0;
    for (; query->step().value(); ++rows) {
      const Row row(rows);
      EXPECT_EQ(query->integer(0), rows);
      EXPECT_EQ(query->is_null(1), rows % 3 == 0);
      EXPECT_EQ(query->text(1), rows % 3 == 0 ? "" : row.b);
      EXPECT_EQ(query->blob(2).size(), row.c.size());
      EXPECT_TRUE(std::ranges::equal(query->blob(2), std::as_bytes(std::span(row.c))));
      EXPECT_TRUE(query->is_null(3));
    }
    query->reset();
    return rows;
  }

  const TemporaryFolder folder_ = TemporaryFolder::make("seawall-sql").value();
  std::unique_ptr<SqlConnection> connection_ = connect_sqlite(folder_.path() / "a.db", true, {}).value();
};

TEST_F(SqliteBulkTest, InsertsEveryRowHoweverManyThereAre) {
  for (const std::int64_t rows : {0, 1, 63, 64, 65, 128, 200}) {
    ASSERT_TRUE(connection_->run("DELETE FROM t"));
    ASSERT_TRUE(insert(rows));
    EXPECT_EQ(rows_as_inserted(), rows);
  }
}

TEST_F(SqliteBulkTest, SaysAtTheEndAtTheLatestWhatTheSchemaForbids) {
  ASSERT_TRUE(insert(10));
  EXPECT_EQ(insert(70).error().code, Code::kInvalidInput) << "keys that are there already";
  const auto bulk = connection_->bulk("t", "a, d").value();
  ASSERT_TRUE(bulk->add(std::int64_t{1000}).add(std::int64_t{0}).end_row());
  EXPECT_EQ(bulk->finish().error().code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall
