#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace seawall::store_sql_detail {

enum class ColumnKind : std::uint8_t { kInteger = 1, kText = 2, kBlob = 3 };
struct ColumnShape {
  std::string_view name;
  ColumnKind kind;
  bool may_be_null = false;
};
/// A table of the newest schema, for backups. Its key is its first `key_columns` columns, never NULL or a
/// blob.
struct TableShape {
  std::string_view name;
  std::size_t key_columns;
  std::span<const ColumnShape> columns;
};
/// Every table but schema_migrations and tables_left_out(). A test compares this with what the migrations
/// make.
[[nodiscard]] std::span<const TableShape> table_shapes();
/// Those that no backup holds: sessions, and what the service remembers of requests.
[[nodiscard]] std::span<const std::string_view> tables_left_out();

}  // namespace seawall::store_sql_detail
