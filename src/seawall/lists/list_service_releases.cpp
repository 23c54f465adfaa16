#include <algorithm>
#include <optional>

#include "seawall/lists/detail/release_order.h"
#include "seawall/lists/guards.h"
#include "seawall/lists/harmless.h"
#include "seawall/lists/list_service.h"
#include "seawall/store/content_check.h"
#include "seawall/store/entry_pages.h"
#include "seawall/store/list_version.h"

namespace seawall {
namespace {

constexpr std::string_view kManual = "manual";
constexpr std::size_t kChangesMax = 10'000;
constexpr std::size_t kPage = 1000;
constexpr std::size_t kEntriesAtOnce = 1000;

Result<Release> release_in(StoreView& view, ReleaseId id) {
  SEAWALL_TRY(auto release, view.release(id));
  if (!release || release->state == ReleaseState::kLoading) {
    return fail(Code::kNotFound, "there is no such release");
  }
  return *std::move(release);
}

Result<ListBank> bank_in(StoreView& view, BankId id) {
  SEAWALL_TRY(auto bank, view.bank(id));
  if (!bank) return fail(Code::kNotFound, "there is no such bank");
  return *std::move(bank);
}

Result<ApprovalStand> stand_of(StoreView& view, const Release& release) {
  SEAWALL_TRY(const ListBank bank, bank_in(view, release.bank));
  return ListService::stand(release, bank);
}

/// One of a release's changes, of which `first` is another.
Result<void> check_change(const Entry& entry, const PendingChange& change, const Entry& first) {
  if (entry.bank != first.bank || entry.source != first.source) {
    return fail(Code::kInvalidInput, "a release is of entries of one bank and one source");
  }
  if (entry.state == EntryState::kWithdrawn) {
    return fail(Code::kConflict, "entry " + to_text(entry.id) + " is withdrawn already");
  }
  // New signals come with an import or propose(), which hold them against the guards.
  if (change.content && change.content->signals != entry.content.signals) {
    return fail(Code::kInvalidInput, "the signals of an entry are not changed like this");
  }
  if (change.content && *change.content == entry.content) {
    return fail(Code::kConflict, "entry " + to_text(entry.id) + " says all of this already");
  }
  return {};
}

/// The guards on one record that comes by hand.
Result<GuardFinding> guard(StoreView& view, const ListBank& bank, const ExchangeRecord& record, Time now) {
  GuardFinding finding = check_record(record);
  if (finding.verdict == GuardVerdict::kRefuse) {
    return fail(Code::kInvalidInput, std::string(finding.reason) + ": " + finding.detail);
  }
  if (bank.kind == BankKind::kHarmless) return finding;
  SEAWALL_TRY(const HarmlessLists harmless, HarmlessLists::load(view, bank.tenant, now));
  const EntryContent* const content = &record.content;
  SEAWALL_CHECK(harmless.check(std::span(&content, 1), std::span(&finding, 1)));
  return finding;
}

}  // namespace

ListResult<Release> ListService::propose(const EntryProposal& proposal, const Actor& by) {
  SEAWALL_TRY(const SourceId source, ensure_source(kManual, kManual, by));
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const ListBank bank, bank_in(*view, proposal.bank));
  const ExchangeRecord record{proposal.key, false, proposal.content};
  SEAWALL_TRY(const GuardFinding finding, guard(*view, bank, record, clock_.now()));
  const bool held = finding.verdict == GuardVerdict::kQuarantine;
  SEAWALL_TRY(const auto known, view->known_keys(bank.id, source, std::span(&proposal.key, 1)));
  ReleaseLoad::Step step;
  NewEntry added{proposal.key, proposal.content, held, std::string(held ? finding.reason : "")};
  PendingChange changed;
  const Refusal note{proposal.key, std::string(finding.reason), finding.detail, true};
  if (!known.front()) {
    step.add = std::span(&added, 1);
    if (held) step.refusals = std::span(&note, 1);
  } else if (known.front()->content_digest == digest_of(proposal.content)) {
    return fail(Code::kConflict, "the bank has this entry already, just as it is proposed");
  } else if (held) {
    return fail(Code::kInvalidInput, std::string(finding.reason) + ": " + finding.detail);
  } else {
    changed = {known.front()->entry, proposal.content};
    step.pending = std::span(&changed, 1);
  }
  SEAWALL_TRY(const auto load, store_.begin_load(bank.id, source, stamp(by)));
  SEAWALL_CHECK(load->write(step));
  return load->seal(stamp(by));
}

ListResult<Release> ListService::withdraw(std::span<const EntryId> entries, const Actor& by) {
  std::vector<PendingChange> changes;
  for (const EntryId id : entries) changes.push_back({id, std::nullopt});
  return propose_pending(changes, by);
}

ListResult<Release> ListService::propose_content(std::span<const PendingChange> changes, const Actor& by) {
  for (const PendingChange& change : changes) {
    if (!change.content) return fail(Code::kInvalidInput, "say what each entry shall say");
    SEAWALL_CHECK(check_content(*change.content));
  }
  return propose_pending(changes, by);
}

ListResult<Release> ListService::propose_pending(std::span<const PendingChange> changes, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  if (changes.empty() || changes.size() > kChangesMax) {
    return fail(Code::kInvalidInput, "propose 1 to " + std::to_string(kChangesMax) + " entries at a time");
  }
  std::vector<PendingChange> pending(changes.begin(), changes.end());
  std::ranges::sort(pending, {}, &PendingChange::entry);
  const auto again = std::ranges::unique(pending, {}, &PendingChange::entry);
  pending.erase(again.begin(), again.end());
  std::vector<EntryId> ids;
  for (const PendingChange& change : pending) ids.push_back(change.entry);
  SEAWALL_TRY(const auto view, store_.view());
  std::optional<Entry> first;
  std::size_t place = 0;
  const auto check = [&](std::span<const EntryId> asked, std::span<Entry> found) -> Result<void> {
    if (found.size() != asked.size()) return fail(Code::kNotFound, "not all of these entries exist");
    if (!first) first = found.front();
    for (const Entry& entry : found) SEAWALL_CHECK(check_change(entry, pending[place++], *first));
    return {};
  };
  SEAWALL_CHECK(visit_entries(*view, ids, kEntriesAtOnce, check));
  SEAWALL_TRY(const auto load, store_.begin_load(first->bank, first->source, stamp(by)));
  ReleaseLoad::Step step;
  step.pending = pending;
  SEAWALL_CHECK(load->write(step));
  SEAWALL_TRY(Release release, load->seal(stamp(by)));
  SEAWALL_TRY(const ApprovalStand stands, stand(release.id));
  if (stands.missing() > 0) return release;
  return activate(release.id, by);
}

ListResult<Release> ListService::stage(ReleaseId release, const Actor& by) {
  return move(release, ReleaseState::kStaged, by);
}

ListResult<Release> ListService::activate(ReleaseId release, const Actor& by) {
  return move(release, ReleaseState::kActive, by);
}

ListResult<Release> ListService::reject(ReleaseId release, const Actor& by) {
  return move(release, ReleaseState::kRejected, by);
}

ListResult<Release> ListService::move(ReleaseId id, ReleaseState state, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_TRY(const auto change, store_.change());
  SEAWALL_TRY(const Release release, release_in(*change, id));
  if (release.state == ReleaseState::kActive && state == ReleaseState::kRejected) {
    return fail(Code::kConflict, "the release is in force: take it back instead");
  }
  if (state == ReleaseState::kActive) SEAWALL_CHECK(lists_detail::check_may_activate(*change, release));
  if (state == ReleaseState::kRejected) SEAWALL_CHECK(lists_detail::check_may_leave(*change, release));
  if (state == ReleaseState::kActive) {
    SEAWALL_TRY(const ApprovalStand stands, stand_of(*change, release));
    SEAWALL_CHECK(check_approved(stands));
  }
  SEAWALL_CHECK(change->set_release_state(id, state, stamp(by)));
  SEAWALL_TRY(Release moved, release_in(*change, id));
  SEAWALL_CHECK(change->commit());
  return moved;
}

ListResult<void> ListService::discard(ReleaseId id, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_TRY(const auto load, store_.resume_load(id));
  return load->discard();
}

ListResult<Release> ListService::approve(ReleaseId id, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_TRY(const auto change, store_.change());
  SEAWALL_TRY(const Release release, release_in(*change, id));
  SEAWALL_TRY(const ApprovalStand stands, stand_of(*change, release));
  SEAWALL_CHECK(check_may_approve(stands, by.who));
  SEAWALL_CHECK(change->approve(id, stamp(by)));
  SEAWALL_TRY(Release approved, release_in(*change, id));
  SEAWALL_CHECK(change->commit());
  return approved;
}

ListResult<ChangeOutcome> ListService::take_back(ReleaseId id, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const Release release, release_in(*view, id));
  if (release.state != ReleaseState::kActive) {
    return fail(Code::kConflict, "only a release that is in force can be taken back; reject this one");
  }
  SEAWALL_CHECK(lists_detail::check_may_leave(*view, release));
  return ask_or_do(release.bank, WantedTakeBack{id, release.version}, by);
}

ApprovalStand ListService::stand(const Release& release, const ListBank& bank) {
  return approval_stand(
      release.proposed, release.approvals,
      approvals_needed(bank.two_person, delta_of(release.counts), release.bank_entries_before));
}

ListResult<ApprovalStand> ListService::stand(ReleaseId id) {
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const Release release, release_in(*view, id));
  return stand_of(*view, release);
}

}  // namespace seawall
