#include "seawall/store_sql/detail/alert_rows.h"

#include <algorithm>

#include "seawall/store/content_check.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/request_rows.h"

namespace seawall::store_sql_detail {
namespace {

constexpr std::size_t kLimitMax = 10'000;
constexpr std::string_view kColumns =
    "id, entry, bank, matches, match_limit, state, who, why, at, request, closed_who, closed_why, closed_at";

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }

Time time_of(const SqlStatement& row, int column) {
  return Time(std::chrono::milliseconds(row.integer(column)));
}

Result<Alert> alert_of(const SqlStatement& row) {
  const std::int64_t state = row.integer(5);
  if (state < 0 || state > 3) return fail(Code::kCorrupt, "an alert is not as Seawall stores it");
  Alert alert;
  alert.id = AlertId{static_cast<std::uint64_t>(row.integer(0))};
  alert.entry = EntryId{static_cast<std::uint64_t>(row.integer(1))};
  alert.bank = BankId{static_cast<std::uint32_t>(row.integer(2))};
  alert.matches = static_cast<std::uint64_t>(row.integer(3));
  alert.limit = static_cast<std::uint64_t>(row.integer(4));
  alert.state = static_cast<AlertState>(state);
  alert.raised = {std::string(row.text(6)), std::string(row.text(7)), time_of(row, 8)};
  if (!row.is_null(9)) alert.request = RequestId{static_cast<std::uint64_t>(row.integer(9))};
  if (!row.is_null(10)) {
    alert.closed = Authorship{std::string(row.text(10)), std::string(row.text(11)), time_of(row, 12)};
  }
  return alert;
}

Result<std::vector<Alert>> read_all(SqlStatement& query) {
  std::vector<Alert> alerts;
  for (;;) {
    SEAWALL_TRY(const bool any, query.step());
    if (!any) break;
    SEAWALL_TRY(Alert alert, alert_of(query));
    alerts.push_back(std::move(alert));
  }
  query.reset();
  return alerts;
}

std::optional<Alert> first_of(std::vector<Alert> alerts) {
  if (alerts.empty()) return std::nullopt;
  return std::move(alerts.front());
}

Result<std::optional<Alert>> read_one(SqlConnection& connection, AlertId id) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT " + std::string(kColumns) + " FROM alerts WHERE id = $1"));
  SEAWALL_TRY(auto found, read_all(query->bind(1, number(id))));
  return first_of(std::move(found));
}

Result<std::optional<Alert>> open_alert_of(SqlConnection& connection, EntryId entry) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT " + std::string(kColumns) +
                                   " FROM alerts WHERE entry = $1 AND state <= $2 ORDER BY id LIMIT 1"));
  SEAWALL_TRY(auto found, read_all(query->bind(1, number(entry)).bind(2, number(AlertState::kOpen))));
  return first_of(std::move(found));
}

Result<void> require_open(SqlConnection& connection, AlertId id) {
  SEAWALL_TRY(const auto alert, read_one(connection, id));
  if (!alert) return fail(Code::kNotFound, "there is no such alert");
  if (!is_open(alert->state)) return fail(Code::kConflict, "the alert is closed already");
  return {};
}

Result<void> remove(SqlConnection& connection, AlertId id) {
  SEAWALL_TRY(SqlStatement * drop, connection.statement("DELETE FROM alerts WHERE id = $1"));
  SEAWALL_CHECK(drop->bind(1, number(id)).run());
  return {};
}

Result<void> insert(SqlConnection& connection, const Alert& alert) {
  SEAWALL_TRY(SqlStatement * put,
              connection.statement("INSERT INTO alerts (id, entry, bank, matches, match_limit, state, who, "
                                   "why, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"));
  put->bind(1, number(alert.id)).bind(2, number(alert.entry)).bind(3, number(alert.bank));
  put->bind(4, number(alert.matches)).bind(5, number(alert.limit)).bind(6, number(alert.state));
  put->bind(7, std::string_view(alert.raised.who)).bind(8, std::string_view(alert.raised.why));
  SEAWALL_CHECK(put->bind(9, number(alert.raised.when.time_since_epoch().count())).run());
  return {};
}

}  // namespace

Result<Alert> AlertRows::raise(const Alert& wanted) {
  SEAWALL_CHECK(check_authorship(wanted.raised));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  Alert alert = wanted;
  SEAWALL_TRY(const auto known, open_alert_of(*loan, wanted.entry));
  if (known) {
    alert.id = known->id;
    SEAWALL_CHECK(remove(*loan, known->id));
  } else {
    SEAWALL_TRY(const std::int64_t id, take_record_id(*loan, "alert"));
    alert.id = AlertId{static_cast<std::uint64_t>(id)};
  }
  if (alert.state != AlertState::kTold) alert.state = AlertState::kOpen;
  alert.request.reset();
  alert.closed.reset();
  SEAWALL_CHECK(insert(*loan, alert));
  SEAWALL_CHECK(transaction.commit());
  return alert;
}

Result<std::optional<Alert>> AlertRows::alert(AlertId id) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  return read_one(*loan, id);
}

Result<std::vector<Alert>> AlertRows::alerts(AlertId after, bool open_only, std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT " + std::string(kColumns) +
                              " FROM alerts WHERE state <= $1 AND id > $2 ORDER BY id LIMIT $3"));
  query->bind(1, number(open_only ? AlertState::kOpen : AlertState::kClosed)).bind(2, number(after));
  return read_all(query->bind(3, number(std::clamp<std::size_t>(limit, 1, kLimitMax))));
}

Result<std::uint64_t> AlertRows::held_back_since(Time since) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT COUNT(*) FROM alerts WHERE at >= $1 AND state > $2"));
  query->bind(1, number(since.time_since_epoch().count())).bind(2, number(AlertState::kTold));
  SEAWALL_TRY([[maybe_unused]] const bool any, query->step());
  const auto count = static_cast<std::uint64_t>(query->integer(0));
  query->reset();
  return count;
}

Result<void> AlertRows::set_request(AlertId id, RequestId request) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_CHECK(require_open(*loan, id));
  SEAWALL_TRY(SqlStatement * put, loan->statement("UPDATE alerts SET request = $2 WHERE id = $1"));
  SEAWALL_CHECK(put->bind(1, number(id)).bind(2, number(request)).run());
  return transaction.commit();
}

Result<void> AlertRows::close_alert(AlertId id, AlertState state, const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  if (is_open(state)) {
    return fail(Code::kInvalidInput, "an alert is closed as accepted or closed");
  }
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_CHECK(require_open(*loan, id));
  SEAWALL_TRY(
      SqlStatement * put,
      loan->statement("UPDATE alerts SET state = $2, closed_who = $3, closed_why = $4, closed_at = $5 "
                      "WHERE id = $1"));
  put->bind(1, number(id)).bind(2, number(state)).bind(3, std::string_view(by.who));
  put->bind(4, std::string_view(by.why)).bind(5, number(by.when.time_since_epoch().count()));
  SEAWALL_CHECK(put->run());
  return transaction.commit();
}

}  // namespace seawall::store_sql_detail
