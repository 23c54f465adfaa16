#include "seawall/store_sql/detail/request_rows.h"

#include <algorithm>

#include "seawall/store/content_check.h"
#include "seawall/store_sql/detail/log_rows.h"
#include "seawall/store_sql/detail/migrations.h"

namespace seawall::store_sql_detail {
namespace {

constexpr std::size_t kLimitMax = 10'000;
constexpr std::string_view kColumns =
    "id, bank, body, state, who, why, at, closed_who, closed_why, closed_at";

std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }

Time time_of(const SqlStatement& row, int column) {
  return Time(std::chrono::milliseconds(row.integer(column)));
}

Result<ChangeRequest> request_of(const SqlStatement& row) {
  const std::int64_t state = row.integer(3);
  if (state < 1 || state > 3) return fail(Code::kCorrupt, "a change request is not as Seawall stores it");
  ChangeRequest request;
  request.id = RequestId{static_cast<std::uint64_t>(row.integer(0))};
  request.bank = BankId{static_cast<std::uint32_t>(row.integer(1))};
  request.body = row.text(2);
  request.state = static_cast<RequestState>(state);
  request.proposed = {std::string(row.text(4)), std::string(row.text(5)), time_of(row, 6)};
  if (!row.is_null(7)) {
    request.closed = Authorship{std::string(row.text(7)), std::string(row.text(8)), time_of(row, 9)};
  }
  return request;
}

Result<void> add_approvals(SqlConnection& connection, ChangeRequest& request) {
  SEAWALL_TRY(
      SqlStatement * query,
      connection.statement("SELECT who, why, at FROM request_approvals WHERE request = $1 ORDER BY at, who"));
  query->bind(1, number(request.id));
  for (;;) {
    SEAWALL_TRY(const bool any, query->step());
    if (!any) break;
    request.approvals.push_back(
        {std::string(query->text(0)), std::string(query->text(1)), time_of(*query, 2)});
  }
  query->reset();
  return {};
}

Result<std::vector<ChangeRequest>> read_all(SqlConnection& connection, SqlStatement& query) {
  std::vector<ChangeRequest> requests;
  for (;;) {
    SEAWALL_TRY(const bool any, query.step());
    if (!any) break;
    SEAWALL_TRY(ChangeRequest request, request_of(query));
    requests.push_back(std::move(request));
  }
  query.reset();
  for (ChangeRequest& request : requests) SEAWALL_CHECK(add_approvals(connection, request));
  return requests;
}

Result<std::optional<ChangeRequest>> read_one(SqlConnection& connection, RequestId id) {
  SEAWALL_TRY(SqlStatement * query,
              connection.statement("SELECT " + std::string(kColumns) + " FROM requests WHERE id = $1"));
  query->bind(1, number(id));
  SEAWALL_TRY(auto found, read_all(connection, *query));
  if (found.empty()) return std::optional<ChangeRequest>();
  return std::optional(std::move(found.front()));
}

Result<ChangeRequest> read_open(SqlConnection& connection, RequestId id) {
  SEAWALL_TRY(auto request, read_one(connection, id));
  if (!request) return fail(Code::kNotFound, "there is no such request");
  if (request->state != RequestState::kOpen) return fail(Code::kConflict, "the request is closed already");
  return *std::move(request);
}

}  // namespace

Result<std::int64_t> take_record_id(SqlConnection& connection, std::string_view counter) {
  SEAWALL_TRY(SqlStatement * take,
              connection.statement("UPDATE record_counters SET last = last + 1 WHERE name = $1"));
  SEAWALL_CHECK(take->bind(1, counter).run());
  SEAWALL_TRY(SqlStatement * query, connection.statement("SELECT last FROM record_counters WHERE name = $1"));
  SEAWALL_TRY(const bool any, query->bind(1, counter).step());
  if (!any) return fail(Code::kCorrupt, "the store lacks a counter of records");
  const std::int64_t id = query->integer(0);
  query->reset();
  return id;
}

Result<RequestId> RequestRows::add_request(BankId bank, std::string_view body, const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  if (body.empty() || body.size() > ChangeRequest::kBodyBytesMax) {
    return fail(Code::kInvalidInput,
                "a request is 1 to " + std::to_string(ChangeRequest::kBodyBytesMax) + " bytes");
  }
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_TRY(const std::int64_t id, take_record_id(*loan, "request"));
  SEAWALL_TRY(SqlStatement * put,
              loan->statement("INSERT INTO requests (id, bank, body, state, who, why, at) "
                              "VALUES ($1, $2, $3, $4, $5, $6, $7)"));
  put->bind(1, id).bind(2, number(bank)).bind(3, body).bind(4, number(RequestState::kOpen));
  put->bind(5, std::string_view(by.who)).bind(6, std::string_view(by.why));
  SEAWALL_CHECK(put->bind(7, number(by.when.time_since_epoch().count())).run());
  const RequestId made{static_cast<std::uint64_t>(id)};
  SEAWALL_CHECK(add_request_event(*loan, made, RequestEvent::What::kAsked, by));
  SEAWALL_CHECK(transaction.commit());
  return made;
}

Result<std::optional<ChangeRequest>> RequestRows::request(RequestId id) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  return read_one(*loan, id);
}

Result<std::vector<ChangeRequest>> RequestRows::open_requests(RequestId after, std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query,
              loan->statement("SELECT " + std::string(kColumns) +
                              " FROM requests WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3"));
  query->bind(1, number(RequestState::kOpen)).bind(2, number(after));
  query->bind(3, number(std::clamp<std::size_t>(limit, 1, kLimitMax)));
  return read_all(*loan, *query);
}

Result<std::vector<ChangeRequest>> RequestRows::all_requests(RequestId after, std::size_t limit) {
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kRead));
  SEAWALL_TRY(SqlStatement * query, loan->statement("SELECT " + std::string(kColumns) +
                                                    " FROM requests WHERE id > $1 ORDER BY id LIMIT $2"));
  query->bind(1, number(after)).bind(2, number(std::clamp<std::size_t>(limit, 1, kLimitMax)));
  return read_all(*loan, *query);
}

Result<void> RequestRows::approve_request(RequestId id, const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_TRY(const ChangeRequest request, read_open(*loan, id));
  for (const Authorship& approval : request.approvals) {
    if (approval.who == by.who) return fail(Code::kConflict, "this account has approved it already");
  }
  SEAWALL_TRY(SqlStatement * put, loan->statement("INSERT INTO request_approvals VALUES ($1, $2, $3, $4)"));
  put->bind(1, number(id)).bind(2, std::string_view(by.who)).bind(3, std::string_view(by.why));
  SEAWALL_CHECK(put->bind(4, number(by.when.time_since_epoch().count())).run());
  SEAWALL_CHECK(add_request_event(*loan, id, RequestEvent::What::kApproved, by));
  return transaction.commit();
}

Result<void> RequestRows::close_request(RequestId id, RequestState state, const Authorship& by) {
  SEAWALL_CHECK(check_authorship(by));
  if (state == RequestState::kOpen)
    return fail(Code::kInvalidInput, "a request is closed as done or dropped");
  SEAWALL_TRY(const auto loan, pool_->take());
  SEAWALL_TRY(auto transaction, SqlTransaction::begin(*loan, SqlBegin::kWrite));
  SEAWALL_CHECK(take_list_lock(*loan));
  SEAWALL_CHECK(read_open(*loan, id));
  SEAWALL_TRY(
      SqlStatement * put,
      loan->statement("UPDATE requests SET state = $2, closed_who = $3, closed_why = $4, closed_at = $5 "
                      "WHERE id = $1"));
  put->bind(1, number(id)).bind(2, number(state)).bind(3, std::string_view(by.who));
  put->bind(4, std::string_view(by.why)).bind(5, number(by.when.time_since_epoch().count()));
  SEAWALL_CHECK(put->run());
  const bool done = state == RequestState::kDone;
  const auto what = done ? RequestEvent::What::kDone : RequestEvent::What::kDropped;
  SEAWALL_CHECK(add_request_event(*loan, id, what, by));
  return transaction.commit();
}

}  // namespace seawall::store_sql_detail
