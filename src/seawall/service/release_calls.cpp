#include "seawall/service/release_calls.h"

#include "seawall/api/list_asks.h"
#include "seawall/service/list_answers.h"

namespace seawall {
namespace {

/// Releases read at once, and at most for one page: others' are among them, which a page leaves out.
constexpr std::size_t kReleasesAtOnce = 500;
constexpr std::size_t kReleasesReadMax = 10'000;

struct ReleaseFilter {
  std::optional<BankId> bank;
  std::optional<ReleaseState> state;

  [[nodiscard]] bool waiting_only() const {
    return state == ReleaseState::kProposed || state == ReleaseState::kStaged;
  }
  [[nodiscard]] bool takes(const Release& release) const {
    return (!bank || release.bank == *bank) && (!state || release.state == *state) &&
           release.state != ReleaseState::kLoading;
  }
};

Called<std::optional<ReleaseState>> state_from(Query& query) {
  SEAWALL_TRY(const auto text, query.any_text("state"));
  if (!text) return std::nullopt;
  const auto state = release_state_from_text(*text);
  if (!state || *state == ReleaseState::kLoading) {
    return refuse_at("?state", "proposed or staged or active or rejected is needed");
  }
  return *state;
}

Called<std::vector<Release>> read_some(StoreView& view, const ReleaseFilter& filter, ReleaseId after) {
  // Those that wait are few among many, and the store finds them by themselves.
  SEAWALL_TRY(auto some, filter.waiting_only() ? view.open_releases(after, kReleasesAtOnce)
                                               : view.releases(after, kReleasesAtOnce));
  return some;
}

Called<void> add_release(PageWriter& page, ListScope& scope, Release release, const ReleaseFilter& filter) {
  if (filter.waiting_only()) {  // Comes without its approvals.
    SEAWALL_TRY(release, scope.release(release.id));
  }
  SEAWALL_TRY(const Json row, json_of(scope, release, false));
  page.add(row);
  return {};
}

std::string number_of(ReleaseId id) { return std::to_string(static_cast<std::uint32_t>(id)); }

CallResult write_page(ListScope& scope, const ReleaseFilter& filter, ReleaseId after, std::size_t limit) {
  PageWriter page("releases", limit);
  for (std::size_t read = 0; read < kReleasesReadMax; read += kReleasesAtOnce) {
    SEAWALL_TRY(auto some, read_some(scope.view(), filter, after));
    for (Release& release : some) {
      if (page.full()) return page.finish(number_of(after));
      after = release.id;
      SEAWALL_TRY(const ListBank* bank, scope.seen(release.bank));
      if (bank == nullptr || !filter.takes(release)) continue;
      SEAWALL_CHECK(add_release(page, scope, std::move(release), filter));
    }
    if (some.size() < kReleasesAtOnce) return page.finish("");
  }
  return page.finish(number_of(after));
}

}  // namespace

void ReleaseCalls::serve(ServedOperations& operations) {
  serve_list(operations, Operation::kReleases, false, [this](Call& call) { return releases(call); });
  serve_list(operations, Operation::kRelease, false, [this](Call& call) { return release(call); });
  serve_list(operations, Operation::kApproveRelease, true,
             [this](Call& call) { return move(call, &ListService::approve); });
  serve_list(operations, Operation::kStageRelease, true,
             [this](Call& call) { return move(call, &ListService::stage); });
  serve_list(operations, Operation::kActivateRelease, true,
             [this](Call& call) { return move(call, &ListService::activate); });
  serve_list(operations, Operation::kRejectRelease, true,
             [this](Call& call) { return move(call, &ListService::reject); });
  serve_list(operations, Operation::kTakeBackRelease, true, [this](Call& call) { return take_back(call); });
}

CallResult ReleaseCalls::releases(const Call& call) {
  SEAWALL_TRY(Query query, Query::of(call.head.target()));
  SEAWALL_TRY(const auto bank_name, query.text("bank", ListBank::kNameBytesMax));
  ReleaseFilter filter;
  SEAWALL_TRY(filter.state, state_from(query));
  SEAWALL_TRY(const PageAsk ask, page_from(query));
  const auto from = ask.after.empty() ? std::optional(ReleaseId{}) : release_from_name(ask.after);
  if (!from) return wrong_after();
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  if (bank_name) {
    SEAWALL_TRY(const ListBank bank, scope.bank(*bank_name));
    filter.bank = bank.id;
  }
  return write_page(scope, filter, *from, ask.limit);
}

CallResult ReleaseCalls::release(const Call& call) {
  SEAWALL_CHECK(no_parameters(call));
  SEAWALL_TRY(const ReleaseId id, release_in(call));
  return release_result(parts_, call, id, 200);
}

Called<ReleaseId> ReleaseCalls::seen_release(const Call& call) {
  SEAWALL_TRY(const ReleaseId id, release_in(call));
  SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
  SEAWALL_CHECK(scope.release(id));
  return id;
}

CallResult ReleaseCalls::move(const Call& call, Move step) {
  SEAWALL_TRY(std::string why, body_as(call, &why_from_json));
  SEAWALL_TRY(const ReleaseId id, seen_release(call));
  SEAWALL_CHECK((parts_.lists.*step)(id, actor_of(call, std::move(why))));
  return release_result(parts_, call, id, 200);
}

CallResult ReleaseCalls::take_back(const Call& call) {
  SEAWALL_TRY(std::string why, body_as(call, &why_from_json));
  SEAWALL_TRY(const ReleaseId id, seen_release(call));
  SEAWALL_TRY(const ChangeOutcome outcome, parts_.lists.take_back(id, actor_of(call, std::move(why))));
  return outcome_result(outcome);
}

}  // namespace seawall
