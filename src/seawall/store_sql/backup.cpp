#include <algorithm>

#include "seawall/store/compact_bytes.h"
#include "seawall/store_sql/admin.h"
#include "seawall/store_sql/detail/backup_format.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/reader.h"
#include "seawall/store_sql/detail/sql_store.h"

namespace seawall {
namespace {

using store_sql_detail::BackupReader;
using store_sql_detail::BackupWriter;
using store_sql_detail::ColumnKind;
using store_sql_detail::ColumnShape;
using store_sql_detail::TableShape;

constexpr std::string_view kFirstFrame = "seawall-store-backup-1";
constexpr std::int64_t kPageRows = 2000;
constexpr std::int64_t kPageRowsFirst = 125;
constexpr std::size_t kPageBytesMany = std::size_t{32} << 20;  ///< Then the next page has fewer rows.
constexpr int kLongMs = 24 * 3600 * 1000;  ///< A whole table in one statement may take this long.
enum class Frame : std::uint8_t { kTable = 1, kRow = 2 };

std::string join(const TableShape& table, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out.append(i == 0 ? "" : ", ").append(table.columns[i].name);
  return out;
}

std::string page_query(const TableShape& table, bool first, std::int64_t rows) {
  const std::string key = join(table, table.key_columns);
  std::string sql = "SELECT " + join(table, table.columns.size()) + " FROM " + std::string(table.name);
  if (!first) {
    sql += " WHERE (" + key + ") > (";
    for (std::size_t i = 0; i < table.key_columns; ++i) sql += (i == 0 ? "$" : ", $") + std::to_string(i + 1);
    sql += ")";
  }
  return sql + " ORDER BY " + key + " LIMIT " + std::to_string(rows);
}

/// Where a page ended: the key of its last row.
struct Key {
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;

  Key(const TableShape& table, const SqlStatement& row)
      : integers(table.key_columns), texts(table.key_columns) {
    for (std::size_t i = 0; i < table.key_columns; ++i) {
      const int column = static_cast<int>(i);
      if (table.columns[i].kind == ColumnKind::kInteger) {
        integers[i] = row.integer(column);
      } else {
        texts[i] = row.text(column);
      }
    }
  }
  void bind(const TableShape& table, SqlStatement& query) const {
    for (std::size_t i = 0; i < table.key_columns; ++i) {
      const int place = static_cast<int>(i) + 1;
      if (table.columns[i].kind == ColumnKind::kInteger) {
        query.bind(place, integers[i]);
      } else {
        query.bind(place, std::string_view(texts[i]));
      }
    }
  }
};

Result<std::uint64_t> write_table(SqlConnection& connection, const TableShape& table, BackupWriter& out) {
  std::string frame(1, static_cast<char>(Frame::kTable));
  frame.append(table.name);
  SEAWALL_CHECK(out.frame(frame));
  std::uint64_t rows = 0;
  std::optional<Key> last;
  std::int64_t page_rows = kPageRowsFirst;
  for (bool more = true; more;) {
    SEAWALL_TRY(SqlStatement * query, connection.statement(page_query(table, !last, page_rows)));
    if (last) last->bind(table, *query);
    std::optional<Key> next;
    std::size_t bytes = 0;
    std::int64_t page = 0;
    for (;; ++page) {
      SEAWALL_TRY(const bool row, query->step());
      if (!row) break;
      frame.assign(1, static_cast<char>(Frame::kRow));
      append_row(frame, table, *query);
      SEAWALL_CHECK(out.frame(frame));
      bytes += frame.size();
      if (page + 1 == page_rows) next.emplace(table, *query);
    }
    query->reset();
    rows += static_cast<std::uint64_t>(page);
    more = page == page_rows;
    page_rows = bytes > kPageBytesMany ? std::max<std::int64_t>(1, page_rows / 8)
                                       : std::min(kPageRows, page_rows * 2);
    last = std::move(next);
  }
  return rows;
}

Result<std::unique_ptr<SqlConnection>> connect_long(std::string_view url, OpenStoreOptions options) {
  SEAWALL_TRY(const auto place, store_sql_detail::parse_store_url(url));
  options.statement_ms = kLongMs;
  return store_sql_detail::connect(place, options);
}

Result<void> require_empty(SqlConnection& connection) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement(
                  "SELECT version + last_bank + last_source + last_release + (SELECT "
                  "COALESCE(CAST(SUM(last) AS BIGINT), 0) FROM record_counters) + (SELECT COUNT(*) FROM "
                  "access_changes) FROM list_state"));
  SEAWALL_TRY(const bool row, query->step());
  const bool empty = row && query->integer(0) == 0;
  query->reset();
  if (empty) return {};
  return fail(Code::kConflict, "the store holds lists, keys or accounts already: restore into a new one");
}

Result<void> read_head(BackupReader& in) {
  SEAWALL_TRY(const auto frame, in.next());
  CompactReader head(frame.value_or(""));
  if (head.text(64) != kFirstFrame)
    return fail(Code::kCorrupt, "the file is not a backup of a Seawall store");
  const std::uint64_t schema = head.number();
  if (head.bad() || !head.at_end()) return fail(Code::kCorrupt, "the backup has a damaged head");
  if (schema == static_cast<std::uint64_t>(store_sql_detail::schema_newest())) return {};
  return fail(Code::kUnsupported, "the backup is of schema " + std::to_string(schema) + ", this build has " +
                                      std::to_string(store_sql_detail::schema_newest()));
}

Result<const TableShape*> table_named(std::string_view name) {
  for (const TableShape& table : store_sql_detail::table_shapes()) {
    if (table.name == name) return &table;
  }
  return fail(Code::kCorrupt, "the backup names a table that there is not");
}

/// All frames after the head. Gives the number of rows.
Result<std::uint64_t> read_tables(BackupReader& in, SqlConnection& connection) {
  std::uint64_t rows = 0;
  const TableShape* table = nullptr;
  std::unique_ptr<SqlBulk> bulk;
  for (;;) {
    SEAWALL_TRY(const auto frame, in.next());
    if (!frame || frame->front() == static_cast<char>(Frame::kTable)) {
      if (bulk != nullptr) SEAWALL_CHECK(bulk->finish());
      bulk.reset();
      if (!frame) return rows;
      SEAWALL_TRY(table, table_named(frame->substr(1)));
      SEAWALL_TRY(bulk, connection.bulk(table->name, join(*table, table->columns.size())));
      continue;
    }
    if (bulk == nullptr || frame->front() != static_cast<char>(Frame::kRow)) {
      return fail(Code::kCorrupt, "the backup has a frame out of place");
    }
    SEAWALL_CHECK(add_row(*bulk, *table, frame->substr(1)));
    ++rows;
  }
}

}  // namespace

Result<int> migrate_store(std::string_view url, const OpenStoreOptions& options) {
  OpenStoreOptions making = options;
  making.create = true;
  SEAWALL_TRY(auto connection, connect_long(url, making));
  SEAWALL_CHECK(store_sql_detail::migrate_to(*connection, store_sql_detail::schema_newest()));
  return store_sql_detail::schema_newest();
}

Result<BackupSummary> backup_store(std::string_view url, const std::filesystem::path& file,
                                   const OpenStoreOptions& options) {
  SEAWALL_TRY(auto connection, connect_long(url, options));
  SEAWALL_TRY(auto out, BackupWriter::create(file));
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*connection, SqlBegin::kRead));
  SEAWALL_CHECK(store_sql_detail::require_newest(*connection));
  SEAWALL_TRY(const ListVersion version, store_sql_detail::Reader(*connection).version());
  std::string head;
  CompactWriter(head).text(kFirstFrame).number(static_cast<std::uint64_t>(store_sql_detail::schema_newest()));
  SEAWALL_CHECK(out.frame(head));
  BackupSummary summary;
  summary.version = version.number;
  for (const TableShape& table : store_sql_detail::table_shapes()) {
    SEAWALL_TRY(const std::uint64_t rows, write_table(*connection, table, out));
    summary.rows += rows;
  }
  SEAWALL_CHECK(out.finish());
  summary.bytes = out.bytes();
  return summary;
}

Result<BackupSummary> restore_store(std::string_view url, const std::filesystem::path& file,
                                    const OpenStoreOptions& options) {
  SEAWALL_TRY(auto in, BackupReader::open(file));
  SEAWALL_CHECK(read_head(in));
  SEAWALL_TRY([[maybe_unused]] const int schema, migrate_store(url, options));
  SEAWALL_TRY(auto connection, connect_long(url, options));
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*connection, SqlBegin::kWrite));
  SEAWALL_CHECK(store_sql_detail::take_list_lock(*connection));
  SEAWALL_CHECK(require_empty(*connection));
  SEAWALL_CHECK(connection->run("DELETE FROM list_state; DELETE FROM record_counters"));
  BackupSummary summary;
  SEAWALL_TRY(summary.rows, read_tables(in, *connection));
  SEAWALL_TRY(const ListVersion version, store_sql_detail::Reader(*connection).version());
  SEAWALL_CHECK(transaction.commit());
  summary.version = version.number;
  summary.bytes = in.bytes();
  return summary;
}

}  // namespace seawall
