#include "seawall/store_sql/detail/feedback_rows.h"

#include <algorithm>

#include "seawall/store/content_check.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/request_rows.h"

namespace seawall::store_sql_detail {
namespace {

constexpr std::size_t kLimitMax = 10'000;

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }

Result<void> check(const MatchDecision& decision) {
  SEAWALL_CHECK(check_authorship(decision.by));
  SEAWALL_CHECK(check_key(decision.key));
  if (decision.match.size() > MatchDecision::kMatchBytesMax || !check_key(decision.match)) {
    return fail(Code::kInvalidInput, "a match is named with 1 to " +
                                         std::to_string(MatchDecision::kMatchBytesMax) + " bytes of text");
  }
  const bool fits = decision.reason.size() <= MatchDecision::kReasonBytesMax &&
                    decision.signal.size() <= MatchDecision::kReasonBytesMax;
  // check_key() refuses what is empty, and bytes that are no text.
  if (!fits || !check_key("r" + decision.reason) || !check_key("s" + decision.signal)) {
    return fail(Code::kInvalidInput,
                "a reason is at most " + std::to_string(MatchDecision::kReasonBytesMax) + " bytes of text");
  }
  return {};
}

Result<std::int64_t> waiting_rows(SqlConnection& connection, SourceId source) {
  SEAWALL_TRY(SqlStatement * query, connection.statement("SELECT COUNT(*) FROM outbox WHERE source = $1"));
  SEAWALL_TRY([[maybe_unused]] const bool any, query->bind(1, number(source)).step());
  const std::int64_t count = query->integer(0);
  query->reset();
  return count;
}

/// Takes away what stands of an earlier decision on the same match.
Result<void> remove_earlier(SqlConnection& connection, const MatchDecision& decision) {
  for (const std::string_view sql : {"DELETE FROM outbox WHERE entry = $1 AND match_name = $2",
                                     "DELETE FROM decisions WHERE entry = $1 AND match_name = $2"}) {
    SEAWALL_TRY(SqlStatement * drop, connection.statement(sql));
    SEAWALL_CHECK(drop->bind(1, number(decision.entry)).bind(2, std::string_view(decision.match)).run());
  }
  return {};
}

Result<void> add(SqlConnection& connection, const MatchDecision& decision) {
  SEAWALL_TRY(SqlStatement * put,
              connection.statement(
                  "INSERT INTO decisions (entry, match_name, bank, source, key, confirmed, who, why, at, "
                  "signal, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"));
  put->bind(1, number(decision.entry)).bind(2, std::string_view(decision.match));
  put->bind(3, number(decision.bank))
      .bind(4, number(decision.source))
      .bind(5, std::string_view(decision.key));
  put->bind(6, std::int64_t{decision.confirmed ? 1 : 0}).bind(7, std::string_view(decision.by.who));
  put->bind(8, std::string_view(decision.by.why));
  put->bind(9, number(decision.by.when.time_since_epoch().count()));
  put->bind(10, std::string_view(decision.signal)).bind(11, std::string_view(decision.reason));
  SEAWALL_CHECK(put->run());
  return {};
}

Result<void> put_up_for_sending(SqlConnection& connection, const MatchDecision& decision) {
  SEAWALL_TRY(const std::int64_t rows, waiting_rows(connection, decision.source));
  if (rows >= number(FeedbackStore::kWaitingMax)) {
    return fail(Code::kLimitExceeded, std::to_string(FeedbackStore::kWaitingMax) +
                                          " decisions wait to be sent to this source: send them first");
  }
  SEAWALL_TRY(const std::int64_t id, take_record_id(connection, "feedback"));
  SEAWALL_TRY(SqlStatement * put,
              connection.statement("INSERT INTO outbox (source, id, entry, match_name, attempts, not_before, "
                                   "error, held) VALUES ($1, $2, $3, $4, 0, 0, '', 0)"));
  put->bind(1, number(decision.source)).bind(2, id).bind(3, number(decision.entry));
  SEAWALL_CHECK(put->bind(4, std::string_view(decision.match)).run());
  return {};
}

constexpr std::string_view kDecision =
    "d.entry, d.match_name, d.bank, d.source, d.key, d.confirmed, d.who, d.why, d.at, d.signal, d.reason";
constexpr int kDecisionColumns = 11;

Time time_of(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

/// Of kDecision.
MatchDecision decision_of(const SqlStatement& row) {
  MatchDecision decision;
  decision.entry = EntryId{static_cast<std::uint64_t>(row.integer(0))};
  decision.match = row.text(1);
  decision.bank = BankId{static_cast<std::uint32_t>(row.integer(2))};
  decision.source = SourceId{static_cast<std::uint32_t>(row.integer(3))};
  decision.key = row.text(4);
  decision.confirmed = row.integer(5) != 0;
  decision.by = {std::string(row.text(6)), std::string(row.text(7)), time_of(row.integer(8))};
  decision.signal = row.text(9);
  decision.reason = row.text(10);
  return decision;
}

/// Of kDecision and the outbox's own columns.
FeedbackRow row_of(const SqlStatement& row) {
  FeedbackRow feedback;
  feedback.decision = decision_of(row);
  feedback.id = static_cast<std::uint64_t>(row.integer(kDecisionColumns));
  feedback.delivery.attempts = static_cast<std::uint32_t>(row.integer(kDecisionColumns + 1));
  feedback.delivery.not_before = time_of(row.integer(kDecisionColumns + 2));
  feedback.delivery.error = row.text(kDecisionColumns + 3);
  feedback.delivery.held = row.integer(kDecisionColumns + 4) != 0;
  return feedback;
}

}  // namespace

Result<void> FeedbackRows::record(const MatchDecision& decision, bool send_back) {
  SEAWALL_CHECK(check(decision));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_CHECK(remove_earlier(*loan, decision));
  SEAWALL_CHECK(add(*loan, decision));
  if (send_back) SEAWALL_CHECK(put_up_for_sending(*loan, decision));
  return transaction.commit();
}

Result<std::vector<MatchDecision>> FeedbackRows::decisions_on(EntryId entry, std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT " + std::string(kDecision) +
                              " FROM decisions d WHERE d.entry = $1 ORDER BY d.match_name LIMIT $2"));
  query->bind(1, number(entry)).bind(2, number(std::clamp<std::size_t>(limit, 1, kLimitMax)));
  std::vector<MatchDecision> decisions;
  for (;;) {
    SEAWALL_TRY(const bool any, query->step());
    if (!any) break;
    decisions.push_back(decision_of(*query));
  }
  query->reset();
  return decisions;
}

Result<std::vector<DecisionCounts>> FeedbackRows::decision_counts() {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT bank, source, COUNT(CASE WHEN confirmed = 1 THEN 1 END), "
                              "COUNT(CASE WHEN confirmed = 0 THEN 1 END) FROM decisions "
                              "GROUP BY bank, source ORDER BY bank, source"));
  std::vector<DecisionCounts> counts;
  for (;;) {
    SEAWALL_TRY(const bool any, query->step());
    if (!any) break;
    counts.push_back({BankId{static_cast<std::uint32_t>(query->integer(0))},
                      SourceId{static_cast<std::uint32_t>(query->integer(1))},
                      static_cast<std::uint64_t>(query->integer(2)),
                      static_cast<std::uint64_t>(query->integer(3))});
  }
  query->reset();
  return counts;
}

Result<std::vector<FeedbackRow>> FeedbackRows::waiting(SourceId source, std::uint64_t after,
                                                       std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT " + std::string(kDecision) +
                              ", o.id, o.attempts, o.not_before, o.error, o.held FROM outbox o JOIN "
                              "decisions d ON d.entry = o.entry AND d.match_name = o.match_name "
                              "WHERE o.source = $1 AND o.id > $2 ORDER BY o.id LIMIT $3"));
  query->bind(1, number(source)).bind(2, number(after));
  query->bind(3, number(std::clamp<std::size_t>(limit, 1, kLimitMax)));
  std::vector<FeedbackRow> rows;
  for (;;) {
    SEAWALL_TRY(const bool any, query->step());
    if (!any) break;
    rows.push_back(row_of(*query));
  }
  query->reset();
  return rows;
}

Result<void> FeedbackRows::tried(SourceId source, std::uint64_t id, const FeedbackDelivery& delivery) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("UPDATE outbox SET attempts = $3, not_before = $4, error = $5, held = $6 "
                              "WHERE source = $1 AND id = $2"));
  const std::string error = clean_text(delivery.error, FeedbackDelivery::kErrorBytesMax);
  put->bind(1, number(source)).bind(2, number(id)).bind(3, number(delivery.attempts));
  put->bind(4, number(delivery.not_before.time_since_epoch().count())).bind(5, std::string_view(error));
  SEAWALL_CHECK(put->bind(6, std::int64_t{delivery.held ? 1 : 0}).run());
  return transaction.commit();
}

Result<void> FeedbackRows::sent(SourceId source, std::uint64_t id) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_TRY(SqlStatement * drop, loan->statement("DELETE FROM outbox WHERE source = $1 AND id = $2"));
  SEAWALL_CHECK(drop->bind(1, number(source)).bind(2, number(id)).run());
  return transaction.commit();
}

}  // namespace seawall::store_sql_detail
