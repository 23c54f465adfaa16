#include "seawall/log_outbox/log_outbox.h"

#include <algorithm>

namespace seawall {
namespace {

// secure_delete: what is erased is overwritten in the file, too.
constexpr std::string_view kTable = R"(
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS log_records (
  id INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL, salt BLOB, record TEXT,
  erased INTEGER, leaf INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS log_pending ON log_records (id) WHERE leaf IS NULL;
)";

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }

}  // namespace

Result<void> LogOutbox::make_table() { return database_.run(kTable); }

Result<std::int64_t> LogOutbox::add(const LogTelling& telling) {
  CommitmentSalt salt = telling.salt.value_or(CommitmentSalt{});
  if (!telling.salt) {
    SEAWALL_TRY(salt, new_commitment_salt());
  }
  const std::string entry =
      to_text(LogEntry{.at = telling.at,
                       .kind = telling.kind,
                       .commitment = commitment_of(name_of(telling.kind), salt, telling.record),
                       .count = telling.count,
                       .ref = telling.ref,
                       .due = telling.due});
  SEAWALL_TRY(Statement put,
              database_.prepare("INSERT INTO log_records (entry, salt, record) VALUES (?1, ?2, ?3)"));
  put.bind(1, std::string_view(entry)).bind(2, std::span<const std::byte>(salt));
  SEAWALL_CHECK(put.bind(3, std::string_view(telling.record)).run());
  return database_.last_row_id();
}

Result<std::vector<PendingLogEntry>> LogOutbox::pending(std::size_t max) {
  SEAWALL_TRY(Statement each,
              database_.prepare("SELECT id, entry FROM log_records WHERE leaf IS NULL ORDER BY id LIMIT ?1"));
  each.bind(1, number(std::min(max, kPendingMax)));
  std::vector<PendingLogEntry> all;
  for (;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return all;
    all.push_back({each.integer(0), std::string(each.text(1))});
  }
}

Result<void> LogOutbox::settle(std::span<const std::int64_t> ids, std::uint64_t first_index) {
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement put,
              database_.prepare("UPDATE log_records SET leaf = ?2 WHERE id = ?1 AND leaf IS NULL"));
  for (const std::int64_t id : ids) SEAWALL_CHECK(put.bind(1, id).bind(2, number(first_index++)).run());
  return transaction.commit();
}

Result<std::uint64_t> LogOutbox::count_pending() {
  SEAWALL_TRY(Statement count, database_.prepare("SELECT count(*) FROM log_records WHERE leaf IS NULL"));
  SEAWALL_TRY([[maybe_unused]] const bool any, count.step());
  return static_cast<std::uint64_t>(count.integer(0));
}

Result<LogOpening> LogOutbox::opening(std::int64_t id) {
  SEAWALL_TRY(Statement find,
              database_.prepare("SELECT entry, salt, record, leaf FROM log_records WHERE id = ?1"));
  SEAWALL_TRY(const bool any, find.bind(1, id).step());
  if (!any) return fail(Code::kNotFound, "no entry of that number is kept");
  LogOpening opening{.entry = std::string(find.text(0)), .leaf = std::nullopt};
  const auto salt = find.blob(1);
  opening.salt.assign(salt.begin(), salt.end());
  opening.record = find.text(2);
  if (!find.is_null(3)) opening.leaf = static_cast<std::uint64_t>(find.integer(3));
  return opening;
}

Result<bool> LogOutbox::erase(std::int64_t id, Time at) {
  SEAWALL_TRY(Statement put,
              database_.prepare("UPDATE log_records SET salt = NULL, record = NULL, erased = ?2 WHERE "
                                "id = ?1 AND erased IS NULL"));
  SEAWALL_CHECK(put.bind(1, id).bind(2, at.time_since_epoch().count()).run());
  return database_.rows_changed() != 0;
}

}  // namespace seawall
