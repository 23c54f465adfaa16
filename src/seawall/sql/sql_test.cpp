#include <gtest/gtest.h>

#include "seawall/sql/connection.h"

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

}  // namespace
}  // namespace seawall
