#include "seawall/store_sql/detail/log_rows.h"

#include <algorithm>
#include <string>

#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/request_rows.h"

namespace seawall::store_sql_detail {
namespace {

constexpr std::string_view kColumns = "id, source, source_id, entry, salt, record, at, leaf, erased_at";

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }
std::int64_t page(std::size_t limit) {
  return number(std::clamp<std::size_t>(limit, 1, LogRecordStore::kPageMax));
}

Result<LogRecord> record_of(const SqlStatement& row) {
  LogRecord record;
  record.id = static_cast<std::uint64_t>(row.integer(0));
  record.source = row.text(1);
  record.source_id = static_cast<std::uint64_t>(row.integer(2));
  record.entry = row.text(3);
  if (!row.is_null(4)) {
    const auto salt = row.blob(4);
    if (salt.size() != std::tuple_size_v<LogRecord::Salt>) {
      return fail(Code::kCorrupt, "a record of the log is not as Seawall stores it");
    }
    std::ranges::copy(salt, record.salt.emplace().begin());
  }
  if (!row.is_null(5)) record.record = row.text(5);
  record.at = Time(std::chrono::milliseconds(row.integer(6)));
  if (!row.is_null(7)) record.leaf = static_cast<std::uint64_t>(row.integer(7));
  if (!row.is_null(8)) record.erased = Time(std::chrono::milliseconds(row.integer(8)));
  return record;
}

Result<std::vector<LogRecord>> read_all(SqlStatement& query) {
  std::vector<LogRecord> records;
  for (;;) {
    SEAWALL_TRY(const bool any, query.step());
    if (!any) break;
    SEAWALL_TRY(LogRecord record, record_of(query));
    records.push_back(std::move(record));
  }
  query.reset();
  return records;
}

Result<std::optional<LogRecord>> first_of(Result<std::vector<LogRecord>> found) {
  if (!found) return tl::unexpected(std::move(found).error());
  if (found->empty()) return std::optional<LogRecord>();
  return std::optional(std::move(found->front()));
}

/// The one integer that `query` gives, NULL or no row being 0.
Result<std::uint64_t> one_number(SqlStatement& query) {
  SEAWALL_TRY(const bool any, query.step());
  const std::uint64_t value = any && !query.is_null(0) ? static_cast<std::uint64_t>(query.integer(0)) : 0;
  query.reset();
  return value;
}

Result<std::uint64_t> last_source_id(SqlConnection& connection, std::string_view source) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT MAX(source_id) FROM log_records WHERE source = $1"));
  return one_number(query->bind(1, source));
}

Result<bool> is_known(SqlConnection& connection, std::string_view source, std::uint64_t source_id) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT id FROM log_records WHERE source = $1 AND source_id = $2"));
  SEAWALL_TRY(const std::uint64_t id, one_number(query->bind(1, source).bind(2, number(source_id))));
  return id != 0;
}

Result<void> check(const LogRecord& record) {
  const bool source = !record.source.empty() && record.source.size() <= LogRecord::kSourceBytesMax;
  const bool entry = !record.entry.empty() && record.entry.size() <= LogRecord::kEntryBytesMax;
  const bool paired = record.salt.has_value() != record.record.empty();
  if (source && entry && paired && record.record.size() <= LogRecord::kRecordBytesMax) return {};
  return fail(Code::kInvalidInput,
              "a record of the log needs a source and an entry, and a salt with what it says");
}

Result<void> insert(SqlConnection& connection, const LogRecord& record, std::uint64_t source_id) {
  SEAWALL_TRY(const std::int64_t id, take_record_id(connection, "log"));
  SEAWALL_TRY(SqlStatement * put,
              connection.statement("INSERT INTO log_records (id, source, source_id, entry, salt, record, at) "
                                   "VALUES ($1, $2, $3, $4, $5, $6, $7)"));
  put->bind(1, id).bind(2, std::string_view(record.source)).bind(3, number(source_id));
  put->bind(4, std::string_view(record.entry)).bind(7, number(record.at.time_since_epoch().count()));
  if (record.salt) {
    put->bind(5, std::span<const std::byte>(*record.salt)).bind(6, std::string_view(record.record));
  }
  SEAWALL_CHECK(put->run());
  return {};
}

Result<bool> add_one(SqlConnection& connection, const LogRecord& record) {
  SEAWALL_CHECK(check(record));
  std::uint64_t source_id = record.source_id;
  if (source_id == 0) {
    SEAWALL_TRY(const std::uint64_t last, last_source_id(connection, record.source));
    source_id = last + 1;
  } else {
    SEAWALL_TRY(const bool known, is_known(connection, record.source, source_id));
    if (known) return false;
  }
  SEAWALL_CHECK(insert(connection, record, source_id));
  return true;
}

Result<void> require_room(SqlConnection& connection) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT COUNT(*) FROM log_records WHERE leaf IS NULL"));
  SEAWALL_TRY(const std::uint64_t waiting, one_number(*query));
  if (waiting < LogRecordStore::kWaitingMax) return {};
  return fail(Code::kLimitExceeded,
              "a million records wait for the log: start it (seawall log run), or see why it stands still");
}

Result<void> settle_one(SqlConnection& connection, const LoggedLeaf& leaf) {
  SEAWALL_TRY(SqlStatement * put, connection.statement("UPDATE log_records SET leaf = $2 WHERE id = $1 AND "
                                                       "(leaf IS NULL OR leaf = $2)"));
  SEAWALL_TRY(const std::int64_t changed, put->bind(1, number(leaf.id)).bind(2, number(leaf.leaf)).run());
  if (changed == 1) return {};
  return fail(Code::kConflict, "a record of the log is settled as another leaf, or unknown");
}

// Else what is freed keeps its bytes until something else is written there.
Result<void> overwrite_what_is_freed(SqlConnection& connection) {
  if (connection.dialect() != SqlDialect::kSqlite) return {};
  return connection.run("PRAGMA secure_delete = ON");
}

Result<std::size_t> erase_all(SqlConnection& connection, std::span<const std::uint64_t> ids, Time at) {
  SEAWALL_TRY(SqlStatement * put,
              connection.statement("UPDATE log_records SET salt = NULL, record = NULL, erased_at = $2 "
                                   "WHERE id = $1 AND erased_at IS NULL"));
  std::size_t erased = 0;
  for (const std::uint64_t id : ids) {
    put->bind(1, number(id)).bind(2, number(at.time_since_epoch().count()));
    SEAWALL_TRY(const std::int64_t changed, put->run());
    erased += static_cast<std::size_t>(changed);
  }
  return erased;
}

}  // namespace

Result<std::uint64_t> LogRows::last_of(std::string_view source) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  return last_source_id(*loan, source);
}

Result<std::size_t> LogRows::add(std::span<const LogRecord> records) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_CHECK(require_room(*loan));
  std::size_t added = 0;
  for (const LogRecord& record : records) {
    SEAWALL_TRY(const bool is_new, add_one(*loan, record));
    if (is_new) ++added;
  }
  SEAWALL_CHECK(transaction.commit());
  return added;
}

Result<std::vector<LogRecord>> LogRows::waiting(std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT " + std::string(kColumns) +
                              " FROM log_records WHERE leaf IS NULL ORDER BY id LIMIT $1"));
  return read_all(query->bind(1, page(limit)));
}

Result<void> LogRows::settle(std::span<const LoggedLeaf> leaves) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  for (const LoggedLeaf& leaf : leaves) SEAWALL_CHECK(settle_one(*loan, leaf));
  return transaction.commit();
}

Result<std::uint64_t> LogRows::settled() {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query, loan->statement("SELECT MAX(leaf) + 1 FROM log_records"));
  return one_number(*query);
}

Result<std::vector<LogRecord>> LogRows::records(std::uint64_t after, std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query, loan->statement("SELECT " + std::string(kColumns) +
                                                    " FROM log_records WHERE id > $1 ORDER BY id LIMIT $2"));
  return read_all(query->bind(1, number(after)).bind(2, page(limit)));
}

Result<std::optional<LogRecord>> LogRows::record_of_leaf(std::uint64_t leaf) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT " + std::string(kColumns) + " FROM log_records WHERE leaf = $1"));
  return first_of(read_all(query->bind(1, number(leaf))));
}

Result<std::optional<LogRecord>> LogRows::record_of(std::string_view source, std::uint64_t source_id) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT " + std::string(kColumns) +
                              " FROM log_records WHERE source = $1 AND source_id = $2"));
  return first_of(read_all(query->bind(1, source).bind(2, number(source_id))));
}

Result<std::size_t> LogRows::erase(std::span<const std::uint64_t> ids, Time at) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_CHECK(overwrite_what_is_freed(*loan));
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_TRY(const std::size_t erased, erase_all(*loan, ids, at));
  SEAWALL_CHECK(transaction.commit());
  return erased;
}

Result<std::size_t> LogRows::erase_unless_told(std::span<const std::uint64_t> ids, Time at,
                                               std::string_view source, std::uint64_t last) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_CHECK(overwrite_what_is_freed(*loan));
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_TRY(const std::uint64_t now_last, last_source_id(*loan, source));
  if (now_last != last) return fail(Code::kConflict, "something was told in between: read it, and try again");
  SEAWALL_TRY(const std::size_t erased, erase_all(*loan, ids, at));
  SEAWALL_CHECK(transaction.commit());
  return erased;
}

Result<std::optional<std::uint64_t>> LogRows::published(std::string_view source) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query, loan->statement("SELECT source_id FROM log_published WHERE source = $1"));
  SEAWALL_TRY(const bool any, query->bind(1, source).step());
  std::optional<std::uint64_t> found;
  if (any) found = static_cast<std::uint64_t>(query->integer(0));
  query->reset();
  return found;
}

Result<void> LogRows::set_published(std::string_view source, std::uint64_t source_id) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("INSERT INTO log_published (source, source_id) VALUES ($1, $2) "
                              "ON CONFLICT (source) DO UPDATE SET source_id = excluded.source_id "
                              "WHERE excluded.source_id > log_published.source_id"));
  SEAWALL_CHECK(put->bind(1, source).bind(2, number(source_id)).run());
  return transaction.commit();
}

Result<std::uint64_t> LogRows::covered(std::string_view source, std::uint64_t size) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  // Numbers of such a source go from 1 without gaps: as many as the greatest says.
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT COUNT(*), COALESCE(MAX(source_id), 0) FROM log_records "
                              "WHERE source = $1 AND leaf < $2"));
  SEAWALL_TRY([[maybe_unused]] const bool any, query->bind(1, source).bind(2, number(size)).step());
  const std::int64_t count = query->integer(0);
  const std::int64_t greatest = query->integer(1);
  query->reset();
  if (count == greatest) return static_cast<std::uint64_t>(count);
  return fail(Code::kCorrupt, "records of the log have numbers that their source never gave");
}

Result<std::vector<RequestEvent>> LogRows::request_events(std::uint64_t after, std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT number, request, what, who, why, at FROM request_events "
                              "WHERE number > $1 ORDER BY number LIMIT $2"));
  query->bind(1, number(after)).bind(2, page(limit));
  std::vector<RequestEvent> events;
  for (;;) {
    SEAWALL_TRY(const bool any, query->step());
    if (!any) break;
    const std::int64_t what = query->integer(2);
    if (what < 1 || what > 4) return fail(Code::kCorrupt, "a step of a request is not as Seawall stores it");
    events.push_back({static_cast<std::uint64_t>(query->integer(0)),
                      static_cast<std::uint64_t>(query->integer(1)),
                      static_cast<RequestEvent::What>(what),
                      {std::string(query->text(3)), std::string(query->text(4)),
                       Time(std::chrono::milliseconds(query->integer(5)))}});
  }
  query->reset();
  return events;
}

Result<void> add_request_event(SqlConnection& connection, RequestId request, RequestEvent::What what,
                               const Authorship& by) {
  SEAWALL_TRY(const std::int64_t id, take_record_id(connection, "request_event"));
  SEAWALL_TRY(SqlStatement * put,
              connection.statement("INSERT INTO request_events (number, request, what, who, why, at) "
                                   "VALUES ($1, $2, $3, $4, $5, $6)"));
  put->bind(1, id).bind(2, number(request)).bind(3, number(what));
  put->bind(4, std::string_view(by.who)).bind(5, std::string_view(by.why));
  SEAWALL_CHECK(put->bind(6, number(by.when.time_since_epoch().count())).run());
  return {};
}

}  // namespace seawall::store_sql_detail
