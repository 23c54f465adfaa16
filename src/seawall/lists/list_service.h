#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/lists/change_request.h"
#include "seawall/lists/list_error.h"
#include "seawall/lists/two_person.h"
#include "seawall/store/requests.h"
#include "seawall/store/store.h"

namespace seawall {

/// What became of a change that may need a second person.
struct ChangeOutcome {
  bool done = false;
  std::optional<RequestId> request;  ///< What to approve while it is not done.
  int approvals_missing = 0;
  ListVersion version;  ///< Once done.
};

/// One entry proposed by hand.
struct EntryProposal {
  BankId bank{};
  std::string key;  ///< Unique among those proposed by hand in that bank.
  EntryContent content;
};

/// What decides how one entry is enforced; none: as its bank.
struct EntrySettings {
  std::optional<int> radius_bits;
  std::optional<BankAction> action;
  std::optional<Time> expires_at;
  friend bool operator==(const EntrySettings&, const EntrySettings&) = default;
};

/// What of an entry is to change; what is not set here stays. The inner none takes the entry's own value
/// away.
struct EntryChanges {
  std::optional<std::optional<int>> radius_bits;
  std::optional<std::optional<BankAction>> action;
  std::optional<std::optional<Time>> expires_at;
  std::optional<std::optional<Time>> review_at;
  std::optional<std::vector<std::string>> tags;  ///< In any order, repeats allowed.
};

/// An open request with what it asks and how far it has come.
struct OpenRequest {
  ChangeRequest request;
  WantedChange wanted;
  ApprovalStand stand;
};

/// Everything people do to the lists, under the rules of docs/lists.md. Imports are import_list(), exports
/// export_list().
///
/// Guarantees: whatever takes force or loses it in a bank that asks for two persons has an approval by
/// somebody who did not propose it, and a large delta two; checked in the transaction that carries it out, so
/// no two processes get round it together. The one exception is quarantine(), the emergency brake.
/// Threads: any. Lifetime: borrows the stores and the clock. Blocks for the store.
/// Errors everywhere: those of the store; kInvalidInput, kNotFound; kConflict says who may approve what is
/// missing, or that a thing has changed since it was read, and ListError::rule which of these it is.
class ListService {
 public:
  ListService(Store& store, RequestStore& requests, const Clock& clock)
      : store_(store), requests_(requests), clock_(clock) {}

  /// `bank`: id and version are ignored. A harmless bank is made with the two-person rule or not at all: it
  /// overrules others.
  ListResult<BankId> make_bank(const ListBank& bank, const Actor& by);
  /// `wanted.version` must be the stored one; kind and tenant never change. Name, purpose and owner change at
  /// once; action, radius, switch, expiry and the rule itself as the rule says.
  ListResult<ChangeOutcome> alter_bank(const ListBank& wanted, const Actor& by);
  /// The source of that name; made where there is none. Errors: kConflict if it is of another kind.
  ListResult<SourceId> ensure_source(std::string_view name, std::string_view kind, const Actor& by);

  /// A release of one entry, from the source "manual". A known key: the release changes its entry. Errors:
  /// kInvalidInput with the guard's reason. What meets a harmless bank is proposed in quarantine.
  ListResult<Release> propose(const EntryProposal& proposal, const Actor& by);
  /// A release that takes entries of one bank and one source off; 1 to 10,000. Where nobody need approve, it
  /// is activated at once.
  ListResult<Release> withdraw(std::span<const EntryId> entries, const Actor& by);

  /// A release that changes what entries of one bank and one source say; each `content` is there. As
  /// withdraw() otherwise. Errors: also kConflict where one is withdrawn or says all of it already,
  /// kInvalidInput where its signals would change.
  ListResult<Release> propose_content(std::span<const PendingChange> changes, const Actor& by);

  ListResult<Release> stage(ReleaseId release, const Actor& by);
  ListResult<Release> approve(ReleaseId release, const Actor& by);
  /// Anybody may, once the approvals are there. Errors: also kConflict while an earlier release of the same
  /// source, on which this one builds, is not decided.
  ListResult<Release> activate(ReleaseId release, const Actor& by);
  /// A proposed or staged release comes to nothing. One that is active: take_back(). Errors: also kConflict
  /// while a later release of the same source builds on it.
  ListResult<Release> reject(ReleaseId release, const Actor& by);
  /// Takes away a release that is still loading and that no process is loading any more. Nobody has seen it,
  /// so the history does not name it.
  ListResult<void> discard(ReleaseId release, const Actor& by);
  /// The new entries of an active release are withdrawn; its updates and withdrawals stay.
  ListResult<ChangeOutcome> take_back(ReleaseId release, const Actor& by);
  /// How far the approvals of a release have come.
  ListResult<ApprovalStand> stand(ReleaseId release);
  /// The same of one that was read already. `bank`: the release's.
  [[nodiscard]] static ApprovalStand stand(const Release& release, const ListBank& bank);

  /// At once, by one person or the flood breaker: from now on the entry matches silently. `by.why` is the
  /// reason and becomes its state_reason (cut to 1,024 bytes). Errors: kConflict in a harmless bank, where
  /// holding back puts blocks in force: withdraw() there.
  ListResult<Entry> quarantine(EntryId entry, const Actor& by);
  ListResult<ChangeOutcome> end_quarantine(EntryId entry, const Actor& by);
  ListResult<ChangeOutcome> set_settings(EntryId entry, const EntrySettings& settings, const Actor& by);
  /// Tags and review dates enforce nothing: at once. `tags` in any order, repeats allowed.
  ListResult<Entry> set_tags(EntryId entry, std::vector<std::string> tags, const Actor& by);
  ListResult<Entry> set_review(EntryId entry, std::optional<Time> review_at, const Actor& by);
  /// All of it in one call: tags and review date at once, the others together as set_settings() does. What
  /// they are merged with is what the request names the version of, so nothing set meanwhile is undone.
  ListResult<ChangeOutcome> alter_entry(EntryId entry, const EntryChanges& changes, const Actor& by);

  ListResult<std::vector<OpenRequest>> open_requests(RequestId after, std::size_t limit);
  /// Carries the request out when this was the last approval it needed. Errors: also kConflict when what it
  /// is about has changed since it was asked: drop it and ask anew.
  ListResult<ChangeOutcome> approve_request(RequestId request, const Actor& by);
  ListResult<void> drop_request(RequestId request, const Actor& by);
  /// How far the approvals of an open request have come.
  ListResult<ApprovalStand> request_stand(const ChangeRequest& request);
  static ListResult<ApprovalStand> request_stand(StoreView& view, const ChangeRequest& request);

 private:
  /// Sets name, purpose and owner; the bank as it is then.
  ListResult<ListBank> rename_bank(const ListBank& wanted, const Actor& by);
  ListResult<Release> move(ReleaseId release, ReleaseState state, const Actor& by);
  ListResult<Release> propose_pending(std::span<const PendingChange> changes, const Actor& by);
  ListResult<ChangeOutcome> ask_or_do(BankId bank, const WantedChange& wanted, const Actor& by);
  ListResult<ChangeOutcome> do_request(const ChangeRequest& request, const WantedChange& wanted,
                                       const Actor& by);
  ListResult<Entry> change_entry(EntryId entry, std::string_view what, const Actor& by,
                                 FunctionRef<Result<void>(StoreView&, Entry&)> change);
  [[nodiscard]] Authorship stamp(const Actor& by) const { return {by.who, by.why, clock_.now()}; }

  Store& store_;
  RequestStore& requests_;
  const Clock& clock_;
};

}  // namespace seawall
