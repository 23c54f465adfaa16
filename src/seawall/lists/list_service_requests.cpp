#include "seawall/lists/detail/release_order.h"
#include "seawall/lists/list_service.h"

namespace seawall {
namespace {

Result<ListBank> bank_in(StoreView& view, BankId id) {
  SEAWALL_TRY(auto bank, view.bank(id));
  if (!bank) return fail(Code::kNotFound, "there is no such bank");
  return *std::move(bank);
}

/// How many entries a change can put in force or out of it, and of how many.
struct Reach {
  std::uint64_t delta = 0;
  std::uint64_t bank_entries = 0;
};

Result<Reach> reach_of(StoreView& view, const ListBank& bank, const WantedChange& wanted) {
  if (std::holds_alternative<WantedEntry>(wanted)) return Reach{1, 0};
  SEAWALL_TRY(const std::uint64_t entries, view.count(bank.id, EntryState::kActive));
  const auto* const back = std::get_if<WantedTakeBack>(&wanted);
  if (back == nullptr) return Reach{entries, entries};
  SEAWALL_TRY(const auto release, view.release(back->release));
  if (!release) return fail(Code::kNotFound, "there is no such release");
  return Reach{release->counts.added, entries};
}

Result<ApprovalStand> stand_in(StoreView& view, BankId bank_id, const WantedChange& wanted,
                               const Authorship& proposed, std::span<const Authorship> approvals) {
  SEAWALL_TRY(const ListBank bank, bank_in(view, bank_id));
  SEAWALL_TRY(const Reach reach, reach_of(view, bank, wanted));
  return approval_stand(proposed, approvals,
                        approvals_needed(bank.two_person, reach.delta, reach.bank_entries));
}

tl::unexpected<ListError> stale() {
  return breaks(ListRule::kStale, "what this is about has changed since it was asked: drop it and ask anew");
}

ListResult<void> carry_out(StoreChange& change, const WantedBank& wanted, const Authorship& by) {
  SEAWALL_TRY(ListBank bank, bank_in(change, wanted.bank));
  if (bank.version != wanted.version) return stale();
  bank.action = wanted.action;
  bank.radius_bits = wanted.radius_bits;
  bank.two_person = wanted.two_person;
  bank.active = wanted.active;
  bank.expires_at = wanted.expires_at;
  return change.set_bank(bank, by);
}

ListResult<void> carry_out(StoreChange& change, const WantedEntry& wanted, const Authorship& by) {
  SEAWALL_TRY(auto found, change.entries(std::span(&wanted.entry, 1)));
  if (found.empty() || found.front().version != wanted.version) return stale();
  Entry& entry = found.front();
  if (wanted.end_quarantine) {
    SEAWALL_TRY(const auto release, change.release(release_of(entry.id)));
    if (entry.state != EntryState::kQuarantined || !release) return stale();
    entry.state = entry_state_in(release->state);
    entry.state_reason.clear();
  }
  entry.radius_bits = wanted.radius_bits;
  entry.action = wanted.action;
  entry.expires_at = wanted.expires_at;
  return change.set_entry(entry, wanted.end_quarantine ? "quarantine_ended" : "settings_changed", by);
}

ListResult<void> carry_out(StoreChange& change, const WantedTakeBack& wanted, const Authorship& by) {
  SEAWALL_TRY(const auto release, change.release(wanted.release));
  if (!release || release->version != wanted.version) return stale();
  SEAWALL_CHECK(lists_detail::check_may_leave(change, *release));
  return change.set_release_state(wanted.release, ReleaseState::kRejected, by);
}

ListResult<void> carry_out_any(StoreChange& change, const WantedChange& wanted, const Authorship& by) {
  return std::visit([&](const auto& one) { return carry_out(change, one, by); }, wanted);
}

Result<ChangeRequest> open_request(RequestStore& requests, RequestId id) {
  SEAWALL_TRY(auto request, requests.request(id));
  if (!request) return fail(Code::kNotFound, "there is no such request");
  if (request->state != RequestState::kOpen) return fail(Code::kConflict, "the request is closed already");
  return *std::move(request);
}

}  // namespace

ListResult<ChangeOutcome> ListService::ask_or_do(BankId bank, const WantedChange& wanted, const Actor& by) {
  const Authorship proposed = stamp(by);
  {
    SEAWALL_TRY(const auto change, store_.change());
    SEAWALL_TRY(const ApprovalStand stands, stand_in(*change, bank, wanted, proposed, {}));
    if (stands.missing() == 0) {
      SEAWALL_CHECK(carry_out_any(*change, wanted, proposed));
      SEAWALL_TRY(const ListVersion version, change->commit());
      return ChangeOutcome{true, std::nullopt, 0, version};
    }
  }
  SEAWALL_TRY(const RequestId id, requests_.add_request(bank, to_text(wanted), proposed));
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const ApprovalStand stands, stand_in(*view, bank, wanted, proposed, {}));
  return ChangeOutcome{false, id, stands.missing(), {}};
}

ListResult<std::vector<OpenRequest>> ListService::open_requests(RequestId after, std::size_t limit) {
  SEAWALL_TRY(auto requests, requests_.open_requests(after, limit));
  SEAWALL_TRY(const auto view, store_.view());
  std::vector<OpenRequest> open;
  for (ChangeRequest& request : requests) {
    SEAWALL_TRY(const WantedChange wanted, wanted_change_from_text(request.body));
    SEAWALL_TRY(ApprovalStand stands,
                stand_in(*view, request.bank, wanted, request.proposed, request.approvals));
    open.push_back({std::move(request), wanted, std::move(stands)});
  }
  return open;
}

ListResult<ApprovalStand> ListService::request_stand(const ChangeRequest& request) {
  SEAWALL_TRY(const auto view, store_.view());
  return request_stand(*view, request);
}

ListResult<ApprovalStand> ListService::request_stand(StoreView& view, const ChangeRequest& request) {
  SEAWALL_TRY(const WantedChange wanted, wanted_change_from_text(request.body));
  return stand_in(view, request.bank, wanted, request.proposed, request.approvals);
}

ListResult<ChangeOutcome> ListService::approve_request(RequestId id, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_TRY(ChangeRequest request, open_request(requests_, id));
  SEAWALL_TRY(const WantedChange wanted, wanted_change_from_text(request.body));
  {
    SEAWALL_TRY(const auto view, store_.view());
    SEAWALL_TRY(const ApprovalStand stands,
                stand_in(*view, request.bank, wanted, request.proposed, request.approvals));
    // With all approvals there, anybody may have it carried out: a crash came between the last one and that.
    if (stands.missing() > 0) {
      SEAWALL_CHECK(check_may_approve(stands, by.who));
      SEAWALL_CHECK(requests_.approve_request(id, stamp(by)));
    }
  }
  SEAWALL_TRY(request, open_request(requests_, id));
  return do_request(request, wanted, by);
}

ListResult<ChangeOutcome> ListService::do_request(const ChangeRequest& request, const WantedChange& wanted,
                                                  const Actor& by) {
  SEAWALL_TRY(const auto change, store_.change());
  SEAWALL_TRY(const ApprovalStand stands,
              stand_in(*change, request.bank, wanted, request.proposed, request.approvals));
  if (stands.missing() > 0) return ChangeOutcome{false, request.id, stands.missing(), {}};
  // Another process may have been faster by a moment; then its version no longer fits either.
  SEAWALL_CHECK(open_request(requests_, request.id));
  // The request keeps who approved; the change itself says who asked and why.
  const Authorship asked{request.proposed.who, request.proposed.why, clock_.now()};
  SEAWALL_CHECK(carry_out_any(*change, wanted, asked));
  SEAWALL_TRY(const ListVersion version, change->commit());
  SEAWALL_CHECK(requests_.close_request(request.id, RequestState::kDone, stamp(by)));
  return ChangeOutcome{true, std::nullopt, 0, version};
}

ListResult<void> ListService::drop_request(RequestId id, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_CHECK(open_request(requests_, id));
  return requests_.close_request(id, RequestState::kDropped, stamp(by));
}

}  // namespace seawall
