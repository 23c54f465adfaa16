#include "seawall/service/list_scope.h"

#include <algorithm>

#include "seawall/api/list_asks.h"

namespace seawall {
namespace {

constexpr std::size_t kAfterBytesMax = 128;

tl::unexpected<CallProblem> no_bank() {
  return refuse(ProblemKind::kNotFound, "There is no such bank; GET /v1/banks names them.");
}

}  // namespace

Called<ListScope> ListScope::open(Store& store, const Identity& who) {
  SEAWALL_TRY(auto view, store.view());
  return ListScope(std::move(view), who);
}

bool ListScope::sees(const ListBank& bank) const {
  if (bank.tenant != who_->tenant) return false;
  return who_->banks.empty() || std::ranges::find(who_->banks, bank.name) != who_->banks.end();
}

Called<const ListBank*> ListScope::seen(BankId id) {
  auto known = banks_.find(id);
  if (known == banks_.end()) {
    SEAWALL_TRY(auto bank, view_->bank(id));
    if (bank && !sees(*bank)) bank.reset();
    known = banks_.emplace(id, std::move(bank)).first;
  }
  return known->second ? &*known->second : nullptr;
}

Called<ListBank> ListScope::bank(std::string_view name) {
  // What no bank can be called must not reach the database.
  if (name.empty() || name.size() > ListBank::kNameBytesMax || name.find('\0') != std::string_view::npos) {
    return no_bank();
  }
  SEAWALL_TRY(auto bank, view_->bank_named(who_->tenant, name));
  if (!bank || !sees(*bank)) return no_bank();
  return *std::move(bank);
}

Called<Entry> ListScope::entry(EntryId id) {
  SEAWALL_TRY(auto found, view_->entries(std::span(&id, 1)));
  if (!found.empty()) {
    SEAWALL_TRY(const ListBank* bank, seen(found.front().bank));
    if (bank != nullptr) return std::move(found.front());
  }
  return refuse(ProblemKind::kNotFound, "There is no such entry.");
}

Called<Release> ListScope::release(ReleaseId id) {
  SEAWALL_TRY(auto release, view_->release(id));
  if (release) {
    SEAWALL_TRY(const ListBank* bank, seen(release->bank));
    if (bank != nullptr) return *std::move(release);
  }
  return refuse(ProblemKind::kNotFound, "There is no such release; GET /v1/releases lists them.");
}

Called<ChangeRequest> ListScope::request(RequestStore& requests, RequestId id) {
  SEAWALL_TRY(auto request, requests.request(id));
  if (request) {
    SEAWALL_TRY(const ListBank* bank, seen(request->bank));
    if (bank != nullptr) return *std::move(request);
  }
  return refuse(ProblemKind::kNotFound, "There is no such request; GET /v1/requests lists them.");
}

Called<std::string> ListScope::bank_name(BankId id) {
  SEAWALL_TRY(const ListBank* bank, seen(id));
  return bank != nullptr ? bank->name : std::string();
}

Called<std::string> ListScope::source_name(SourceId id) {
  if (sources_.empty()) {
    SEAWALL_TRY(const auto sources, view_->sources());
    for (const Source& source : sources) sources_[source.id] = source.name;
  }
  const auto found = sources_.find(id);
  return found != sources_.end() ? found->second : "#" + std::to_string(static_cast<std::uint32_t>(id));
}

void serve_list(ServedOperations& operations, Operation operation, bool takes_body,
                std::function<CallResult(Call&)> run) {
  ServedOperation served;
  served.lane = Lane::kStore;
  served.json_bytes_max = takes_body ? kListBodyBytesMax : 0;
  served.run = std::move(run);
  operations.serve(operation, std::move(served));
}

Called<void> no_parameters(const Call& call) {
  SEAWALL_TRY(const Query query, Query::of(call.head.target()));
  return query.finish();
}

Called<EntryId> entry_in(const Call& call) {
  if (const auto id = entry_from_name(call.captured.at(0))) return *id;
  return refuse(ProblemKind::kInvalidInput, "An entry is named by release and place, such as 12.345.");
}

Called<ReleaseId> release_in(const Call& call) {
  if (const auto id = release_from_name(call.captured.at(0))) return *id;
  return refuse(ProblemKind::kInvalidInput, "A release is named by its number, such as 41.");
}

Called<RequestId> request_in(const Call& call) {
  if (const auto id = request_from_name(call.captured.at(0))) return *id;
  return refuse(ProblemKind::kInvalidInput, "A request is named by its number, such as 5.");
}

Called<PageAsk> page_from(Query& query) {
  PageAsk ask;
  SEAWALL_TRY(auto after, query.text("after", kAfterBytesMax));
  SEAWALL_TRY(const auto limit, query.number("limit", 1, PageAsk::kLimitMax));
  SEAWALL_CHECK(query.finish());
  ask.after = std::move(after).value_or("");
  if (limit) ask.limit = static_cast<std::size_t>(*limit);
  return ask;
}

tl::unexpected<CallProblem> wrong_after() {
  return refuse_at("?after", "the page before's `next` is needed, as it stood there");
}

Called<void> body_fault(JsonFault fault) {
  if (fault.at.empty()) return refuse(ProblemKind::kInvalidInput, "The body is wrong: " + fault.detail + ".");
  return refuse_at(std::move(fault.at), std::move(fault.detail));
}

}  // namespace seawall
