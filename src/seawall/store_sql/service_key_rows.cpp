#include <utility>

#include "seawall/store_sql/detail/list_rows.h"
#include "seawall/store_sql/detail/service_rows.h"

// Requests that must not be carried out twice.
namespace seawall::store_sql_detail {
namespace {

/// Of a row; the numbers lie in stores.
enum class ClaimState : std::uint8_t { kUnderWay = 1, kAnswered, kAnsweredNotKept };

constexpr std::size_t kKeyBytesMax = 64;
constexpr int kStatusMin = 100;
constexpr int kStatusMax = 599;

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }
std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

struct ClaimRow {
  Sha256 request{};
  ClaimState state{};
  std::string holder;
  Time until{};
  KeptAnswer answer;
};

Result<std::optional<ClaimRow>> read_claim(SqlConnection& connection, std::string_view caller,
                                           std::string_view key) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT request, state, holder, until, status, answer FROM idempotency "
                                   "WHERE caller = $1 AND key = $2"));
  SEAWALL_TRY(const bool any, query->bind(1, caller).bind(2, key).step());
  std::optional<ClaimRow> row;
  if (any) {
    row.emplace();
    SEAWALL_TRY(row->request, sha256_of_column(*query, 0));
    row->state = static_cast<ClaimState>(query->integer(1));
    row->holder = query->text(2);
    row->until = Time(std::chrono::milliseconds(query->integer(3)));
    row->answer.status = static_cast<int>(query->integer(4));
    const auto sealed = query->blob(5);
    if (row->state == ClaimState::kAnswered) {
      row->answer.sealed.emplace(reinterpret_cast<const char*>(sealed.data()), sealed.size());
    }
  }
  query->reset();
  return row;
}

/// Forgets it; gives whether there was one in that state.
Result<bool> drop_claim(SqlConnection& connection, std::string_view caller, std::string_view key,
                        std::string_view condition, std::string_view holder, Time now) {
  SEAWALL_TRY(SqlStatement * drop,
              connection.statement("DELETE FROM idempotency WHERE caller = $1 AND key = $2 AND " +
                                   std::string(condition) + " RETURNING CAST(length(answer) AS BIGINT)"));
  drop->bind(1, caller).bind(2, key);
  if (holder.empty()) {
    drop->bind(3, ms_of(now));
  } else {
    drop->bind(3, holder);
  }
  SEAWALL_TRY(const bool any, drop->step());
  const std::int64_t bytes = any ? drop->integer(0) : 0;
  drop->reset();
  if (!any) return false;
  SEAWALL_CHECK(change_use(connection, caller, stripe_of(key), {.keys = -1, .key_bytes = -bytes}));
  return true;
}

/// True: what a dead process was carrying out is this holder's now.
Result<bool> take_over(SqlConnection& connection, const IdempotencyAsk& ask) {
  SEAWALL_TRY(
      SqlStatement * put,
      connection.statement("UPDATE idempotency SET holder = $3 WHERE caller = $1 AND key = $2 AND state = 1 "
                           "AND holder <> $3 AND NOT EXISTS (SELECT 1 FROM service_processes p WHERE "
                           "p.token = idempotency.holder AND p.seen >= $4)"));
  put->bind(1, ask.caller).bind(2, ask.key).bind(3, ask.holder).bind(4, ms_of(ask.stale_before));
  SEAWALL_TRY(const std::int64_t rows, put->run());
  return rows == 1;
}

Result<void> check(const IdempotencyAsk& ask) {
  SEAWALL_CHECK(check_name(ask.caller, kCallerBytesMax));
  SEAWALL_CHECK(check_name(ask.key, kKeyBytesMax));
  return check_name(ask.holder, kTokenBytesMax);
}

}  // namespace

/// False: there is a row already.
Result<bool> ServiceRows::insert_claim(SqlConnection& connection, const IdempotencyAsk& ask) {
  SEAWALL_TRY(SqlStatement * put,
              connection.statement(
                  "INSERT INTO idempotency (caller, key, request, state, holder, until, status, answer) "
                  "VALUES ($1, $2, $3, 1, $4, $5, 0, $6) ON CONFLICT (caller, key) DO NOTHING"));
  put->bind(1, ask.caller).bind(2, ask.key).bind(3, std::span<const std::byte>(ask.request));
  put->bind(4, ask.holder).bind(5, ms_of(ask.until)).bind(6, bytes_of(std::string_view("")));
  SEAWALL_TRY(const std::int64_t rows, put->run());
  if (rows == 0) return false;
  SEAWALL_TRY(const ServiceUse use, change_use(connection, ask.caller, stripe_of(ask.key), {.keys = 1}));
  if (use.keys <= part_of(limits_.keys_max)) return true;
  return fail(Code::kLimitExceeded, "too many Idempotency-Keys within 24 hours, at most " +
                                        std::to_string(limits_.keys_max) +
                                        " are kept for one caller: send without one");
}

Result<IdempotencyClaim> ServiceRows::judge_claim(SqlConnection& connection, const IdempotencyAsk& ask) {
  using Kind = IdempotencyClaim::Kind;
  SEAWALL_TRY(auto row, read_claim(connection, ask.caller, ask.key));
  if (!row) return fail(Code::kConflict, "the key was released at this moment: try again");
  if (row->request != ask.request) return IdempotencyClaim{Kind::kOtherRequest, {}};
  if (row->state != ClaimState::kUnderWay) return IdempotencyClaim{Kind::kAnswered, std::move(row->answer)};
  SEAWALL_TRY(const bool taken, take_over(connection, ask));
  return IdempotencyClaim{taken ? Kind::kNew : Kind::kUnderWay, {}};
}

Result<IdempotencyClaim> ServiceRows::claim(const IdempotencyAsk& ask) {
  SEAWALL_CHECK(check(ask));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(bool made, insert_claim(*loan, ask));
  if (!made) {
    SEAWALL_TRY(const bool over, drop_claim(*loan, ask.caller, ask.key, "until <= $3", {}, ask.now));
    if (over) {
      SEAWALL_TRY(made, insert_claim(*loan, ask));
    }
  }
  IdempotencyClaim claim{IdempotencyClaim::Kind::kNew, {}};
  if (!made) {
    SEAWALL_TRY(claim, judge_claim(*loan, ask));
  }
  if (claim.kind == IdempotencyClaim::Kind::kNew) SEAWALL_CHECK(transaction.commit());
  return claim;
}

Result<void> ServiceRows::settle(std::string_view caller, std::string_view key, std::string_view holder,
                                 const KeptAnswer& answer) {
  if (answer.status < kStatusMin || answer.status > kStatusMax ||
      (answer.sealed && answer.sealed->size() > kSealedBytesMax)) {
    return fail(Code::kInvalidInput, "an answer has a status from 100 to 599, and at most " +
                                         std::to_string(kSealedBytesMax) + " bytes");
  }
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("UPDATE idempotency SET state = $4, status = $5, answer = $6 "
                              "WHERE caller = $1 AND key = $2 AND holder = $3 AND state = $7"));
  const auto write = [&](ClaimState state, std::string_view text, ClaimState from) {
    put->bind(1, caller).bind(2, key).bind(3, holder).bind(4, number(state));
    return put->bind(5, number(answer.status)).bind(6, bytes_of(text)).bind(7, number(from)).run();
  };
  const std::string_view text = answer.sealed ? *answer.sealed : std::string_view();
  SEAWALL_TRY(const std::int64_t rows,
              write(answer.sealed ? ClaimState::kAnswered : ClaimState::kAnsweredNotKept, text,
                    ClaimState::kUnderWay));
  if (rows == 0) return fail(Code::kConflict, "the request was taken over by another process");
  SEAWALL_TRY(const ServiceUse use,
              change_use(*loan, caller, stripe_of(key), {.key_bytes = number(text.size())}));
  if (use.key_bytes > part_of(limits_.key_bytes_max) && !text.empty()) {
    SEAWALL_CHECK(write(ClaimState::kAnsweredNotKept, {}, ClaimState::kAnswered));
    SEAWALL_CHECK(change_use(*loan, caller, stripe_of(key), {.key_bytes = -number(text.size())}));
  }
  return transaction.commit();
}

Result<void> ServiceRows::release(std::string_view caller, std::string_view key, std::string_view holder) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(drop_claim(*loan, caller, key, "holder = $3 AND state = 1", holder, {}));
  return transaction.commit();
}

}  // namespace seawall::store_sql_detail
