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
                  "INSERT INTO decisions (entry, match_name, bank, source, key, confirmed, who, why, at) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"));
  put->bind(1, number(decision.entry)).bind(2, std::string_view(decision.match));
  put->bind(3, number(decision.bank))
      .bind(4, number(decision.source))
      .bind(5, std::string_view(decision.key));
  put->bind(6, std::int64_t{decision.confirmed ? 1 : 0}).bind(7, std::string_view(decision.by.who));
  put->bind(8, std::string_view(decision.by.why));
  SEAWALL_CHECK(put->bind(9, number(decision.by.when.time_since_epoch().count())).run());
  SEAWALL_TRY(const std::int64_t id, take_record_id(connection, "feedback"));
  SEAWALL_TRY(put, connection.statement(
                       "INSERT INTO outbox (source, id, entry, match_name) VALUES ($1, $2, $3, $4)"));
  put->bind(1, number(decision.source)).bind(2, id).bind(3, number(decision.entry));
  SEAWALL_CHECK(put->bind(4, std::string_view(decision.match)).run());
  return {};
}

FeedbackRow row_of(const SqlStatement& row) {
  FeedbackRow feedback;
  feedback.id = static_cast<std::uint64_t>(row.integer(0));
  MatchDecision& decision = feedback.decision;
  decision.entry = EntryId{static_cast<std::uint64_t>(row.integer(1))};
  decision.match = row.text(2);
  decision.bank = BankId{static_cast<std::uint32_t>(row.integer(3))};
  decision.source = SourceId{static_cast<std::uint32_t>(row.integer(4))};
  decision.key = row.text(5);
  decision.confirmed = row.integer(6) != 0;
  decision.by = {std::string(row.text(7)), std::string(row.text(8)),
                 Time(std::chrono::milliseconds(row.integer(9)))};
  return feedback;
}

}  // namespace

Result<void> FeedbackRows::record(const MatchDecision& decision) {
  SEAWALL_CHECK(check(decision));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_CHECK(remove_earlier(*loan, decision));
  SEAWALL_TRY(const std::int64_t rows, waiting_rows(*loan, decision.source));
  if (rows >= number(kWaitingMax)) {
    return fail(Code::kLimitExceeded,
                std::to_string(kWaitingMax) + " decisions wait to be sent to this source: send them first");
  }
  SEAWALL_CHECK(add(*loan, decision));
  return transaction.commit();
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
              loan->statement(
                  "SELECT o.id, d.entry, d.match_name, d.bank, d.source, d.key, d.confirmed, d.who, d.why, "
                  "d.at FROM outbox o JOIN decisions d ON d.entry = o.entry AND d.match_name = o.match_name "
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

Result<void> FeedbackRows::sent(SourceId source, std::uint64_t last) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_TRY(SqlStatement * drop, loan->statement("DELETE FROM outbox WHERE source = $1 AND id <= $2"));
  SEAWALL_CHECK(drop->bind(1, number(source)).bind(2, number(last)).run());
  return transaction.commit();
}

}  // namespace seawall::store_sql_detail
