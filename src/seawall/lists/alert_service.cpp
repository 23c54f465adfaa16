#include "seawall/lists/alert_service.h"

#include <unordered_map>

namespace seawall {
namespace {

Result<std::optional<Entry>> entry_in(StoreView& view, EntryId id) {
  SEAWALL_TRY(auto found, view.entries(std::span(&id, 1)));
  if (found.empty()) return std::optional<Entry>();
  return std::optional(std::move(found.front()));
}

bool in_force(const ListBank& bank, Time now) {
  return bank.kind == BankKind::kListed && bank.active && (!bank.expires_at || *bank.expires_at > now);
}

std::string reason_of(const FloodCounts& counts) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(counts.within).count();
  return "it matched " + std::to_string(counts.matches) + " times within " + std::to_string(minutes) +
         " minutes; after what it did before, " + std::to_string(counts.limit) + " is too many" +
         (counts.one_caller ? "; it is not held back, since too many of these came from one caller" : "");
}

}  // namespace

Result<FloodOutcome> AlertService::hold_back(EntryId id, const FloodCounts& counts) {
  using Deed = FloodOutcome::Deed;
  const Actor by{std::string(kFloodBreakerAccount), reason_of(counts)};
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const auto entry, entry_in(*view, id));
  if (!entry) return FloodOutcome{};
  if (entry->state == EntryState::kQuarantined) return FloodOutcome{Deed::kHeldBack, entry->version};
  SEAWALL_TRY(const auto bank, view->bank(entry->bank));
  const bool may_match = entry->state == EntryState::kActive || entry->state == EntryState::kStaged;
  if (!may_match || !bank || !in_force(*bank, clock_.now())) return FloodOutcome{};
  SEAWALL_TRY(const std::uint64_t lately, alerts_.held_back_since(clock_.now() - kHeldBackSpan));
  const bool told_only = counts.one_caller || lately >= kHeldBackMax;
  Alert alert;
  alert.entry = id;
  alert.bank = entry->bank;
  alert.matches = counts.matches;
  alert.limit = counts.limit;
  alert.state = told_only ? AlertState::kTold : AlertState::kOpen;
  alert.raised = stamp(by);
  // The alert first: so no entry is ever held back without anybody being told.
  SEAWALL_CHECK(alerts_.raise(alert));
  if (told_only) return FloodOutcome{Deed::kTold, 0};
  SEAWALL_TRY(const Entry held, lists_.quarantine(id, by));
  return FloodOutcome{Deed::kHeldBack, held.version};
}

Result<std::vector<AlertStanding>> AlertService::alerts(AlertId after, bool open_only, std::size_t limit) {
  SEAWALL_TRY(auto found, alerts_.alerts(after, open_only, limit));
  std::vector<EntryId> ids;
  for (const Alert& alert : found) ids.push_back(alert.entry);
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const auto entries, view->entries(ids));
  std::unordered_map<EntryId, EntryState> states;
  for (const Entry& entry : entries) states.emplace(entry.id, entry.state);
  std::vector<AlertStanding> standings;
  for (Alert& alert : found) {
    AlertStanding standing{std::move(alert), EntryState::kWithdrawn, false};
    const auto state = states.find(standing.alert.entry);
    if (state != states.end()) standing.entry_state = state->second;
    if (standing.undecided() && standing.alert.request) {
      SEAWALL_TRY(const auto request, requests_.request(*standing.alert.request));
      standing.waits_for_second_person = request && request->state == RequestState::kOpen;
    }
    standings.push_back(std::move(standing));
  }
  return standings;
}

Result<Alert> AlertService::open_alert(AlertId id) {
  SEAWALL_TRY(auto alert, alerts_.alert(id));
  if (!alert) return fail(Code::kNotFound, "there is no such alert");
  if (!is_open(alert->state)) {
    return fail(Code::kConflict, "the alert is " + std::string(name_of(alert->state)) + " already");
  }
  return *std::move(alert);
}

Result<ChangeOutcome> AlertService::accept(AlertId id, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_TRY(const Alert alert, open_alert(id));
  SEAWALL_TRY(const ChangeOutcome outcome, ask_or_approve(alert, by));
  if (outcome.done) {
    SEAWALL_CHECK(alerts_.close_alert(id, AlertState::kAccepted, stamp(by)));
  } else if (outcome.request && outcome.request != alert.request) {
    SEAWALL_CHECK(alerts_.set_request(id, *outcome.request));
  }
  return outcome;
}

Result<ChangeOutcome> AlertService::ask_or_approve(const Alert& alert, const Actor& by) {
  if (alert.request) {
    SEAWALL_TRY(const auto request, requests_.request(*alert.request));
    if (request && request->state == RequestState::kOpen) return lists_.approve_request(request->id, by);
  }
  SEAWALL_TRY(const auto view, store_.view());
  SEAWALL_TRY(const auto entry, entry_in(*view, alert.entry));
  if (!entry || entry->state != EntryState::kQuarantined) {
    // Somebody has ended it by other means: what is left is to say so.
    SEAWALL_TRY(const ListVersion version, view->version());
    return ChangeOutcome{true, std::nullopt, 0, version};
  }
  return lists_.end_quarantine(alert.entry, by);
}

Result<void> AlertService::close(AlertId id, const Actor& by) {
  SEAWALL_CHECK(check_actor(by));
  SEAWALL_CHECK(open_alert(id));
  return alerts_.close_alert(id, AlertState::kClosed, stamp(by));
}

}  // namespace seawall
