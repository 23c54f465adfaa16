#include "seawall/service/request_calls.h"

#include "seawall/api/list_asks.h"
#include "seawall/service/list_answers.h"

namespace seawall {
namespace {

/// Requests read at once, and at most for one page: others' are among them, which a page leaves out.
constexpr std::size_t kRequestsAtOnce = 500;
constexpr std::size_t kRequestsReadMax = 10'000;

std::string number_of(RequestId id) { return std::to_string(static_cast<std::uint64_t>(id)); }

}  // namespace

void RequestCalls::serve(ServedOperations& operations) {
  serve_list(operations, Operation::kRequests, false, [this](Call& call) { return requests(call); });
  serve_list(operations, Operation::kRequest, false, [this](Call& call) { return request(call); });
  serve_list(operations, Operation::kApproveRequest, true, [this](Call& call) { return approve(call); });
  serve_list(operations, Operation::kDropRequest, true, [this](Call& call) { return drop(call); });
}

CallResult RequestCalls::requests(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const auto all, query.flag("all"));
  SEAWALL_TRY(const PageAsk ask, page_from(query));
  const auto from = ask.after.empty() ? std::optional(RequestId{}) : request_from_name(ask.after);
  if (!from) return wrong_after();
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  PageWriter page("requests", ask.limit);
  RequestId after = *from;
  for (std::size_t read = 0; read < kRequestsReadMax; read += kRequestsAtOnce) {
    SEAWALL_TRY(const auto some, all.value_or(false) ? parts_.requests.all_requests(after, kRequestsAtOnce)
                                                     : parts_.requests.open_requests(after, kRequestsAtOnce));
    for (const ChangeRequest& one : some) {
      if (page.full()) return page.finish(number_of(after));
      after = one.id;
      SEAWALL_TRY(const ListBank* bank, scope.seen(one.bank));
      if (bank == nullptr) continue;
      SEAWALL_TRY(const Json row, json_of(scope, one));
      page.add(row);
    }
    if (some.size() < kRequestsAtOnce) return page.finish("");
  }
  return page.finish(number_of(after));
}

Called<RequestId> RequestCalls::seen_request(const Call& call) {
  SEAWALL_TRY(const RequestId id, request_in(call));
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  SEAWALL_CHECK(scope.request(parts_.requests, id));
  return id;
}

CallResult RequestCalls::answer(const Call& call, RequestId id) {
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  SEAWALL_TRY(const ChangeRequest request, scope.request(parts_.requests, id));
  SEAWALL_TRY(const Json json, json_of(scope, request));
  return json_result(200, json);
}

CallResult RequestCalls::request(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  SEAWALL_TRY(const RequestId id, request_in(call));
  return answer(call, id);
}

CallResult RequestCalls::approve(const Call& call) {
  SEAWALL_TRY(std::string why, body_as(call, &why_from_json));
  SEAWALL_TRY(const RequestId id, seen_request(call));
  SEAWALL_TRY(const ChangeOutcome outcome, parts_.lists.approve_request(id, actor_of(call, std::move(why))));
  return outcome_result(outcome);
}

CallResult RequestCalls::drop(const Call& call) {
  SEAWALL_TRY(std::string why, body_as(call, &why_from_json));
  SEAWALL_TRY(const RequestId id, seen_request(call));
  SEAWALL_CHECK(parts_.lists.drop_request(id, actor_of(call, std::move(why))));
  return answer(call, id);
}

}  // namespace seawall
