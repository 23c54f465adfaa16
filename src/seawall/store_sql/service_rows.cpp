#include "seawall/store_sql/detail/service_rows.h"

#include <algorithm>

#include "seawall/crypto/sha256.h"
#include "seawall/store_sql/detail/list_rows.h"

namespace seawall::store_sql_detail {
namespace {

// Any number that nothing else in the database uses as an advisory lock.
constexpr std::string_view kTakeTidyLock = "SELECT pg_advisory_xact_lock(6010479283)";

/// One tidier at a time. SQLite's own write lock serves there.
Result<void> take_tidy_lock(SqlConnection& connection) {
  if (connection.dialect() == SqlDialect::kSqlite) return {};
  return connection.run(kTakeTidyLock);
}

Result<std::uint64_t> drop_keys(SqlConnection& connection, Time now, ServiceUses& uses) {
  SEAWALL_TRY(SqlStatement * drop,
              connection.statement(
                  "DELETE FROM idempotency WHERE (caller, key) IN (SELECT caller, key FROM idempotency "
                  "WHERE until <= $1 ORDER BY until LIMIT $2) "
                  "RETURNING caller, key, CAST(length(answer) AS BIGINT)"));
  drop->bind(1, ms_of(now)).bind(2, static_cast<std::int64_t>(ServiceRecords::kTidyMax));
  std::uint64_t dropped = 0;
  for (;;) {
    SEAWALL_TRY(const bool any, drop->step());
    if (!any) break;
    ServiceUse& use = uses[{std::string(drop->text(0)), stripe_of(drop->text(1))}];
    --use.keys;
    use.key_bytes -= drop->integer(2);
    ++dropped;
  }
  drop->reset();
  return dropped;
}

Result<std::uint64_t> drop_jobs(SqlConnection& connection, Time now, ServiceUses& uses) {
  SEAWALL_TRY(SqlStatement * drop,
              connection.statement("DELETE FROM lookup_jobs WHERE id IN (SELECT id FROM lookup_jobs WHERE "
                                   "keep_until <= $1 ORDER BY keep_until LIMIT $2) RETURNING caller, id, "
                                   "CAST(length(answer) AS BIGINT), webhook_state"));
  drop->bind(1, ms_of(now)).bind(2, static_cast<std::int64_t>(ServiceRecords::kTidyMax));
  std::uint64_t dropped = 0;
  for (;;) {
    SEAWALL_TRY(const bool any, drop->step());
    if (!any) break;
    ServiceUse& use = uses[{std::string(drop->text(0)), stripe_of(drop->text(1))}];
    --use.jobs;
    use.job_bytes -= drop->integer(2);
    if (drop->integer(3) == static_cast<std::int64_t>(WebhookState::kWaiting)) --use.waiting;
    ++dropped;
  }
  drop->reset();
  return dropped;
}

}  // namespace

std::int64_t stripe_of(std::string_view name) {
  return static_cast<std::int64_t>(static_cast<std::uint8_t>(sha256_of(name)[0]) % ServiceRecords::kStripes);
}

Result<ServiceUse> change_use(SqlConnection& connection, std::string_view caller, std::int64_t stripe,
                              const ServiceUse& change) {
  SEAWALL_TRY(
      SqlStatement * put,
      connection.statement(
          "INSERT INTO service_use (caller, stripe, keys, key_bytes, jobs, job_bytes, waiting) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (caller, stripe) DO UPDATE SET "
          "keys = service_use.keys + excluded.keys, key_bytes = service_use.key_bytes + excluded.key_bytes, "
          "jobs = service_use.jobs + excluded.jobs, job_bytes = service_use.job_bytes + excluded.job_bytes, "
          "waiting = service_use.waiting + excluded.waiting "
          "RETURNING keys, key_bytes, jobs, job_bytes, waiting"));
  put->bind(1, caller).bind(2, stripe).bind(3, change.keys).bind(4, change.key_bytes);
  put->bind(5, change.jobs).bind(6, change.job_bytes).bind(7, change.waiting);
  SEAWALL_TRY(const bool any, put->step());
  ServiceUse use;
  if (any) {
    use = {put->integer(0), put->integer(1), put->integer(2), put->integer(3), put->integer(4)};
  }
  put->reset();
  return use;
}

Result<void> change_uses(SqlConnection& connection, const ServiceUses& changes) {
  for (const auto& [place, change] : changes) {
    SEAWALL_CHECK(change_use(connection, place.first, place.second, change));
  }
  return {};
}

Result<void> check_name(std::string_view name, std::size_t most) {
  if (!name.empty() && name.size() <= most && name.find('\0') == std::string_view::npos) return {};
  return fail(Code::kInvalidInput, "a name has 1 to " + std::to_string(most) + " bytes");
}

std::int64_t ServiceRows::part_of(std::uint64_t most) {
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(most / kStripes));
}

Result<void> ServiceRows::beat(std::string_view token, Time now) {
  SEAWALL_CHECK(check_name(token, kTokenBytesMax));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("INSERT INTO service_processes (token, seen) VALUES ($1, $2) "
                              "ON CONFLICT (token) DO UPDATE SET seen = excluded.seen"));
  SEAWALL_CHECK(put->bind(1, token).bind(2, ms_of(now)).run());
  return transaction.commit();
}

Result<void> ServiceRows::leave(std::string_view token) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(SqlStatement * drop, loan->statement("DELETE FROM service_processes WHERE token = $1"));
  SEAWALL_CHECK(drop->bind(1, token).run());
  return transaction.commit();
}

Result<ServiceTidied> ServiceRows::tidy(Time now, Time processes_before) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_tidy_lock(*loan));
  ServiceTidied tidied;
  ServiceUses changes;
  SEAWALL_TRY(tidied.keys, drop_keys(*loan, now, changes));
  SEAWALL_TRY(tidied.jobs, drop_jobs(*loan, now, changes));
  SEAWALL_CHECK(change_uses(*loan, changes));
  SEAWALL_TRY(SqlStatement * processes, loan->statement("DELETE FROM service_processes WHERE seen < $1"));
  SEAWALL_TRY(const std::int64_t gone, processes->bind(1, ms_of(processes_before)).run());
  tidied.processes = static_cast<std::uint64_t>(gone);
  SEAWALL_TRY(SqlStatement * uses, loan->statement("DELETE FROM service_use WHERE keys = 0 AND jobs = 0"));
  SEAWALL_CHECK(uses->run());
  SEAWALL_CHECK(transaction.commit());
  return tidied;
}

}  // namespace seawall::store_sql_detail
