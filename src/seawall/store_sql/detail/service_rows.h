#pragma once

#include <map>
#include <memory>
#include <utility>

#include "seawall/store/service_records.h"
#include "seawall/store_sql/detail/pool.h"

namespace seawall::store_sql_detail {

/// By how much a transaction changes what a caller has.
struct ServiceUse {
  std::int64_t keys = 0;
  std::int64_t key_bytes = 0;
  std::int64_t jobs = 0;
  std::int64_t job_bytes = 0;
  std::int64_t waiting = 0;
};
/// Caller and stripe. A transaction takes rows of keys or jobs first, then rows of use in this order: so no
/// two wait for each other.
using ServiceUses = std::map<std::pair<std::string, std::int64_t>, ServiceUse>;

/// Where the thing of that name (a key, a job's id) is counted.
[[nodiscard]] std::int64_t stripe_of(std::string_view name);
/// Adds `change`; gives what the caller then has in the stripe.
Result<ServiceUse> change_use(SqlConnection& connection, std::string_view caller, std::int64_t stripe,
                              const ServiceUse& change);
Result<void> change_uses(SqlConnection& connection, const ServiceUses& changes);
/// kInvalidInput unless it has 1 to `most` bytes.
Result<void> check_name(std::string_view name, std::size_t most);

inline constexpr std::size_t kCallerBytesMax = 500;
inline constexpr std::size_t kTokenBytesMax = 64;

/// Idempotency keys, jobs and processes in SQL. Threads: any.
class ServiceRows final : public ServiceRecords {
 public:
  ServiceRows(std::shared_ptr<Pool> pool, const ServiceRecordLimits& limits)
      : pool_(std::move(pool)), limits_(limits) {}

  // service_rows.cpp
  Result<void> beat(std::string_view token, Time now) override;
  Result<void> leave(std::string_view token) override;
  Result<ServiceTidied> tidy(Time now, Time processes_before) override;

  // service_key_rows.cpp
  Result<IdempotencyClaim> claim(const IdempotencyAsk& ask) override;
  Result<void> settle(std::string_view caller, std::string_view key, std::string_view holder,
                      const KeptAnswer& answer) override;
  Result<void> release(std::string_view caller, std::string_view key, std::string_view holder) override;

  // service_job_rows.cpp
  Result<void> add_job(const LookupJob& job) override;
  Result<void> add_done_job(const LookupJob& job, const JobEnd& end) override;
  Result<std::optional<LookupJob>> job(std::string_view id) override;
  Result<void> finish_job(const JobEnd& end) override;
  Result<std::vector<OrphanJob>> orphan_jobs(Time stale_before, std::size_t limit) override;
  Result<LookupJob> replay_job(std::string_view caller, std::string_view id, Time now, Time give_up,
                               Time keep_until) override;
  Result<std::vector<DueWebhook>> due_webhooks(Time now, std::span<const std::int64_t> hosts,
                                               std::span<const std::int64_t> owners,
                                               std::size_t limit) override;
  Result<std::vector<LookupJob>> take_webhooks(std::span<const std::string> ids, Time now,
                                               Time until) override;
  Result<void> settle_webhook(const WebhookOutcome& outcome) override;

 private:
  /// A stripe's part of a limit; 1 at least.
  [[nodiscard]] static std::int64_t part_of(std::uint64_t most);
  Result<void> insert_job(SqlConnection& connection, const LookupJob& job);
  Result<bool> insert_claim(SqlConnection& connection, const IdempotencyAsk& ask);
  Result<IdempotencyClaim> judge_claim(SqlConnection& connection, const IdempotencyAsk& ask);

  std::shared_ptr<Pool> pool_;
  const ServiceRecordLimits limits_;
};

}  // namespace seawall::store_sql_detail
