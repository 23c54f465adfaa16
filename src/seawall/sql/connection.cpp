#include "seawall/sql/connection.h"

#include <array>
#include <utility>

namespace seawall {
namespace {

struct Word {
  std::string_view word;
  std::string_view sqlite;
  std::string_view postgres;
};

// Every difference between the two databases that SQL text shows.
constexpr std::array kSchemaWords = {
    Word{"{int}", "INTEGER", "BIGINT"},
    Word{"{blob}", "BLOB", "BYTEA"},
    Word{"{strict}", "STRICT", ""},
    Word{"{rowless}", "WITHOUT ROWID, STRICT", ""},
};
constexpr std::string_view kAny = "{any $";

}  // namespace

std::string expand_schema(std::string_view sql, SqlDialect dialect) {
  std::string out(sql);
  for (const Word& word : kSchemaWords) {
    const std::string_view with = dialect == SqlDialect::kSqlite ? word.sqlite : word.postgres;
    for (auto at = out.find(word.word); at != std::string::npos; at = out.find(word.word, at + with.size())) {
      out.replace(at, word.word.size(), with);
    }
  }
  return out;
}

std::string expand_statement(std::string_view sql, SqlDialect dialect) {
  const bool sqlite = dialect == SqlDialect::kSqlite;
  std::string out;
  while (!sql.empty()) {
    if (sql.starts_with(kAny)) {
      const auto end = sql.find('}');
      const std::string_view number = sql.substr(kAny.size(), end - kAny.size());
      out.append(sqlite ? "IN (SELECT value FROM json_each(?" : "= ANY ($").append(number);
      out.append(sqlite ? "))" : "::bigint[])");
      sql.remove_prefix(end + 1);
      continue;
    }
    out.push_back(sqlite && sql.front() == '$' ? '?' : sql.front());
    sql.remove_prefix(1);
  }
  return out;
}

Result<SqlTransaction> SqlTransaction::begin(SqlConnection& connection, SqlBegin kind) {
  SEAWALL_CHECK(connection.begin(kind));
  return SqlTransaction(connection);
}

SqlTransaction::SqlTransaction(SqlTransaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

SqlTransaction::~SqlTransaction() {
  if (connection_ != nullptr) connection_->rollback();
}

Result<void> SqlTransaction::commit() {
  auto committed = connection_->commit();
  if (committed) connection_ = nullptr;
  return committed;
}

}  // namespace seawall
