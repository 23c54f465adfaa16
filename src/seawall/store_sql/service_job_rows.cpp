#include <algorithm>

#include "seawall/store_sql/detail/list_rows.h"
#include "seawall/store_sql/detail/service_rows.h"

// Asynchronous look-ups and their webhooks.
namespace seawall::store_sql_detail {
namespace {

constexpr std::size_t kLimitMax = 10'000;
constexpr std::size_t kIdBytesMax = 64;
constexpr std::size_t kAddressBytesMax = 4'096;
constexpr std::string_view kColumns =
    "id, tenant, caller, key_id, holder, state, asked, done, answer, webhook_state, address, host, owner, "
    "attempts, tries, round, next_at, give_up, last_status, keep_until";

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }
std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::optional<Time> time_of(const SqlStatement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Time(std::chrono::milliseconds(row.integer(column)));
}

LookupJob job_of(const SqlStatement& row) {
  LookupJob job;
  job.id = row.text(0);
  job.tenant = row.text(1);
  job.caller = row.text(2);
  job.key_id = row.text(3);
  job.holder = row.text(4);
  job.state = static_cast<JobState>(row.integer(5));
  job.asked = time_of(row, 6).value_or(Time{});
  job.done = time_of(row, 7);
  job.answer = text_of(row.blob(8));
  job.webhook = static_cast<WebhookState>(row.integer(9));
  job.address = text_of(row.blob(10));
  job.host = row.integer(11);
  job.owner = row.integer(12);
  job.attempts = static_cast<std::uint32_t>(row.integer(13));
  job.tries = static_cast<std::uint32_t>(row.integer(14));
  job.round = static_cast<std::uint32_t>(row.integer(15));
  job.next = time_of(row, 16);
  job.give_up = time_of(row, 17);
  if (!row.is_null(18)) job.last_status = static_cast<int>(row.integer(18));
  job.keep_until = time_of(row, 19);
  return job;
}

Result<std::optional<LookupJob>> read_job(SqlConnection& connection, std::string_view id) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT " + std::string(kColumns) + " FROM lookup_jobs WHERE id = $1"));
  SEAWALL_TRY(const bool any, query->bind(1, id).step());
  std::optional<LookupJob> job;
  if (any) job = job_of(*query);
  query->reset();
  return job;
}

Result<void> check(const LookupJob& job) {
  SEAWALL_CHECK(check_name(job.id, kIdBytesMax));
  SEAWALL_CHECK(check_name(job.caller, kCallerBytesMax));
  SEAWALL_CHECK(check_name(job.holder, kTokenBytesMax));
  const bool webhook = job.webhook == WebhookState::kWaiting;
  const bool fits = job.state == JobState::kPending && (webhook || job.webhook == WebhookState::kNone) &&
                    webhook == !job.address.empty() && job.address.size() <= kAddressBytesMax &&
                    job.answer.empty() && !job.next && !job.done;
  return fits ? Result<void>() : fail(Code::kInvalidInput, "a new job is pending, and has no answer");
}

/// 1 where `state` counts as waiting.
std::int64_t waits(WebhookState state) { return state == WebhookState::kWaiting ? 1 : 0; }

void bind_time(SqlStatement& statement, int place, const std::optional<Time>& time) {
  if (time) statement.bind(place, ms_of(*time));
}

Result<void> check(const JobEnd& end) {
  if (end.state != JobState::kPending && !end.answer.empty() &&
      end.answer.size() <= ServiceRecords::kJobAnswerBytesMax)
    return {};
  return fail(Code::kInvalidInput,
              "an answer has 1 to " + std::to_string(ServiceRecords::kJobAnswerBytesMax) + " bytes");
}

Result<void> end_job(SqlConnection& connection, const JobEnd& end) {
  SEAWALL_TRY(
      SqlStatement * put,
      connection.statement("UPDATE lookup_jobs SET state = $3, answer = $4, done = $5, keep_until = CASE "
                           "WHEN webhook_state = 1 THEN CAST($8 AS BIGINT) ELSE CAST($6 AS BIGINT) END, "
                           "next_at = CASE WHEN webhook_state = 1 THEN CAST($5 AS BIGINT) END, "
                           "give_up = CASE WHEN webhook_state = 1 THEN CAST($7 AS BIGINT) END "
                           "WHERE id = $1 AND holder = $2 AND state = 1 RETURNING caller"));
  put->bind(1, end.id).bind(2, end.holder).bind(3, number(end.state)).bind(4, bytes_of(end.answer));
  put->bind(5, ms_of(end.done)).bind(6, ms_of(end.keep_until)).bind(7, ms_of(end.give_up));
  put->bind(8, ms_of(end.webhook_keep_until));
  SEAWALL_TRY(const bool any, put->step());
  const std::string caller(any ? put->text(0) : "");
  put->reset();
  if (!any) {
    SEAWALL_TRY(const auto job, read_job(connection, end.id));
    if (!job) return fail(Code::kNotFound, "there is no such job");
    return fail(Code::kConflict, "the job has an outcome already, or is another process's");
  }
  const ServiceUse change{.job_bytes = number(end.answer.size())};
  SEAWALL_CHECK(change_use(connection, caller, stripe_of(end.id), change));
  return {};
}

Error full(std::string what) { return {Code::kLimitExceeded, std::move(what)}; }

}  // namespace

Result<void> ServiceRows::insert_job(SqlConnection& connection, const LookupJob& job) {
  SEAWALL_TRY(
      SqlStatement * put,
      connection.statement("INSERT INTO lookup_jobs (id, tenant, caller, key_id, holder, state, asked, "
                           "answer, webhook_state, address, host, owner, attempts, tries, round) VALUES "
                           "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0) "
                           "ON CONFLICT (id) DO NOTHING"));
  put->bind(1, std::string_view(job.id)).bind(2, std::string_view(job.tenant));
  put->bind(3, std::string_view(job.caller)).bind(4, std::string_view(job.key_id));
  put->bind(5, std::string_view(job.holder)).bind(6, number(job.state)).bind(7, ms_of(job.asked));
  put->bind(8, bytes_of("")).bind(9, number(job.webhook)).bind(10, bytes_of(job.address));
  SEAWALL_TRY(const std::int64_t rows, put->bind(11, job.host).bind(12, job.owner).run());
  if (rows == 0) return fail(Code::kConflict, "there is a job of that id");
  const ServiceUse change{.jobs = 1, .waiting = waits(job.webhook)};
  SEAWALL_TRY(const ServiceUse use, change_use(connection, job.caller, stripe_of(job.id), change));
  if (use.jobs > part_of(limits_.jobs_max) || use.job_bytes > part_of(limits_.job_bytes_max)) {
    return tl::unexpected(full("too many asynchronous look-ups within 72 hours: ask synchronously"));
  }
  if (use.waiting > part_of(limits_.webhooks_waiting_max) && waits(job.webhook) != 0) {
    return tl::unexpected(
        full("too many webhooks wait for receivers that do not take them: ask without one"));
  }
  return {};
}

Result<void> ServiceRows::add_job(const LookupJob& job) {
  SEAWALL_CHECK(check(job));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(insert_job(*loan, job));
  return transaction.commit();
}

Result<void> ServiceRows::add_done_job(const LookupJob& job, const JobEnd& end) {
  SEAWALL_CHECK(check(job));
  SEAWALL_CHECK(check(end));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(insert_job(*loan, job));
  SEAWALL_CHECK(end_job(*loan, end));
  return transaction.commit();
}

Result<std::optional<LookupJob>> ServiceRows::job(std::string_view id) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  return read_job(*loan, id);
}

Result<void> ServiceRows::finish_job(const JobEnd& end) {
  SEAWALL_CHECK(check(end));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(end_job(*loan, end));
  return transaction.commit();
}

Result<std::vector<OrphanJob>> ServiceRows::orphan_jobs(Time stale_before, std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT id, holder FROM lookup_jobs WHERE state = 1 AND NOT EXISTS (SELECT 1 "
                              "FROM service_processes p WHERE p.token = lookup_jobs.holder AND p.seen >= $1) "
                              "ORDER BY holder, id LIMIT $2"));
  query->bind(1, ms_of(stale_before)).bind(2, number(std::clamp<std::size_t>(limit, 1, kLimitMax)));
  std::vector<OrphanJob> orphans;
  for (;;) {
    SEAWALL_TRY(const bool any, query->step());
    if (!any) break;
    orphans.push_back({std::string(query->text(0)), std::string(query->text(1))});
  }
  query->reset();
  return orphans;
}

Result<LookupJob> ServiceRows::replay_job(std::string_view caller, std::string_view id, Time now,
                                          Time give_up, Time keep_until) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(const auto before, read_job(*loan, id));
  if (!before || before->caller != caller) return fail(Code::kNotFound, "there is no such look-up");
  if (before->state == JobState::kPending) {
    return fail(Code::kConflict, "the look-up is not finished: its webhook is sent when it is");
  }
  if (before->webhook == WebhookState::kNone) {
    return fail(Code::kConflict, "the look-up was asked for without a webhook");
  }
  SEAWALL_TRY(
      SqlStatement * put,
      loan->statement("UPDATE lookup_jobs SET webhook_state = 1, tries = 0, round = round + 1, next_at = $2, "
                      "give_up = $3, keep_until = $4 WHERE id = $1 AND webhook_state = $5 RETURNING " +
                      std::string(kColumns)));
  put->bind(1, id).bind(2, ms_of(now)).bind(3, ms_of(give_up)).bind(4, ms_of(keep_until));
  SEAWALL_TRY(const bool any, put->bind(5, number(before->webhook)).step());
  std::optional<LookupJob> job;
  if (any) job = job_of(*put);
  put->reset();
  if (!job) return fail(Code::kConflict, "the webhook was just sent, or given up: try again");
  const ServiceUse change{.waiting = 1 - waits(before->webhook)};
  SEAWALL_TRY(const ServiceUse use, change_use(*loan, caller, stripe_of(id), change));
  if (change.waiting != 0 && use.waiting > part_of(limits_.webhooks_waiting_max)) {
    return tl::unexpected(full("too many webhooks wait for receivers that do not take them: try later"));
  }
  SEAWALL_CHECK(transaction.commit());
  return *std::move(job);
}

Result<std::vector<DueWebhook>> ServiceRows::due_webhooks(Time now, std::span<const std::int64_t> hosts,
                                                          std::span<const std::int64_t> owners,
                                                          std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(
      SqlStatement * query,
      loan->statement("SELECT id, host, owner FROM lookup_jobs WHERE webhook_state = 1 AND next_at <= "
                      "$1 AND NOT (host {any $2}) AND NOT (owner {any $3}) "
                      "ORDER BY next_at, id LIMIT $4"));
  query->bind(1, ms_of(now)).bind(2, hosts).bind(3, owners);
  query->bind(4, number(std::clamp<std::size_t>(limit, 1, kLimitMax)));
  std::vector<DueWebhook> due;
  for (;;) {
    SEAWALL_TRY(const bool any, query->step());
    if (!any) break;
    due.push_back({std::string(query->text(0)), query->integer(1), query->integer(2)});
  }
  query->reset();
  return due;
}

Result<std::vector<LookupJob>> ServiceRows::take_webhooks(std::span<const std::string> ids, Time now,
                                                          Time until) {
  if (ids.size() > kLimitMax) return fail(Code::kInvalidInput, "at most 10000 webhooks are taken at once");
  std::vector<std::string> in_order(ids.begin(), ids.end());
  std::ranges::sort(in_order);  // Two that take the same ones do not wait for each other.
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("UPDATE lookup_jobs SET next_at = $3, round = round + 1 WHERE id = $1 AND "
                              "webhook_state = 1 AND next_at <= $2 RETURNING " +
                              std::string(kColumns)));
  std::vector<LookupJob> taken;
  for (const std::string& id : in_order) {
    put->bind(1, std::string_view(id)).bind(2, ms_of(now)).bind(3, ms_of(until));
    SEAWALL_TRY(const bool any, put->step());
    if (any) taken.push_back(job_of(*put));
    put->reset();
  }
  SEAWALL_CHECK(transaction.commit());
  return taken;
}

Result<void> ServiceRows::settle_webhook(const WebhookOutcome& outcome) {
  const bool waiting = outcome.state == WebhookState::kWaiting;
  if (outcome.state == WebhookState::kNone || waiting != outcome.next.has_value()) {
    return fail(Code::kInvalidInput, "a webhook that waits has a next time, and no other");
  }
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(
      SqlStatement * put,
      loan->statement("UPDATE lookup_jobs SET webhook_state = $6, next_at = $1, last_status = $2, "
                      "keep_until = COALESCE($3, keep_until), attempts = attempts + 1, tries = tries + 1 "
                      "WHERE id = $4 AND round = $5 AND webhook_state = 1 RETURNING caller"));
  bind_time(*put, 1, outcome.next);
  if (outcome.last_status) put->bind(2, number(*outcome.last_status));
  bind_time(*put, 3, outcome.keep_until);
  put->bind(4, outcome.id).bind(5, number(outcome.round)).bind(6, number(outcome.state));
  SEAWALL_TRY(const bool any, put->step());
  const std::string caller(any ? put->text(0) : "");
  put->reset();
  if (!any) return {};
  if (!waiting) SEAWALL_CHECK(change_use(*loan, caller, stripe_of(outcome.id), {.waiting = -1}));
  return transaction.commit();
}

}  // namespace seawall::store_sql_detail
