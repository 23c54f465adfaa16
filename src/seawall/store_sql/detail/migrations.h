#pragma once

#include <span>
#include <string_view>

#include "seawall/sql/connection.h"

namespace seawall::store_sql_detail {

/// One step of the schema, for both databases (sql/connection.h says how types are spelled). Never changed
/// once released: what it made lies in people's databases.
struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;
};
[[nodiscard]] std::span<const Migration> migrations();
[[nodiscard]] int schema_newest();

/// The number of the last migration applied; 0 for an empty database.
Result<int> schema_number(SqlConnection& connection);
/// Applies what is missing up to `number`, each step in one transaction; two processes that do it at once
/// are serialised. Errors: kUnsupported (the schema is newer than this build).
Result<void> migrate_to(SqlConnection& connection, int number);
/// kUnsupported unless the schema is exactly the newest, with what to do.
Result<void> require_newest(SqlConnection& connection);

/// Waits for the lock that serialises list changes: until the end of the transaction. SQLite's own write
/// lock serves there.
Result<void> take_list_lock(SqlConnection& connection);

}  // namespace seawall::store_sql_detail
