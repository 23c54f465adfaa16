#include "seawall/retention/rules.h"

#include <algorithm>
#include <array>

#include "seawall/model/time_text.h"

namespace seawall {
namespace {

constexpr std::array<std::string_view, 4> kStateNames{"held", "kept", "due", "undecided"};

bool speaks_of(const Duty& duty, RetainedKind kind) {
  return (duty.kinds >> static_cast<unsigned>(kind) & 1U) != 0;
}

std::optional<Time> lifted(const RetainedRecord& record, const RetentionEvent& hold, Time now) {
  std::optional<Time> end = hold.until;
  for (const RetentionEvent& event : record.events) {
    const bool lifts = event.what == RetentionEventKind::kHoldLifted && event.ref == hold.ref;
    if (!lifts || event.at < hold.at || event.at > now) continue;
    end = end ? std::min(*end, event.at) : event.at;
  }
  return end;
}

/// When a duty's clock ends that `event` started.
std::optional<Time> end_of(const Duty& duty, const RetainedRecord& record, const RetentionEvent& event,
                           Time now) {
  const Time plain = after(event.at, duty.years, duty.days);
  switch (duty.term) {
    case DutyTerm::kAtMost:
      return std::min(event.until.value_or(plain), plain);
    case DutyTerm::kAtLeast:
      return std::max(event.until.value_or(plain), plain);
    case DutyTerm::kUntilLifted:
      return lifted(record, event, now);
    case DutyTerm::kKeepDays:
      return after(event.at, 0, *record.keep_days);
    case DutyTerm::kLimitDays:
      return after(event.at, 0, *record.limit_days);
    case DutyTerm::kFixed:
      break;
  }
  return plain;
}

bool applies(const Duty& duty, const RetainedRecord& record) {
  if (duty.term == DutyTerm::kKeepDays && !record.keep_days) return false;
  if (duty.term == DutyTerm::kLimitDays && !record.limit_days) return false;
  return speaks_of(duty, record.kind);
}

std::vector<RetentionClock> clocks_of(const RetainedRecord& record, Time now) {
  std::vector<RetentionEvent> events{{.what = RetentionEventKind::kCreated, .at = record.created}};
  events.insert(events.end(), record.events.begin(), record.events.end());
  std::vector<RetentionClock> clocks;
  for (const Duty& duty : all_duties()) {
    if (!applies(duty, record)) continue;
    for (const RetentionEvent& event : events) {
      if (event.what != duty.starts || event.at > now) continue;
      clocks.push_back({.duty = &duty, .from = event.at, .end = end_of(duty, record, event, now)});
    }
  }
  return clocks;
}

void strike(std::vector<RetentionClock>& clocks) {
  for (RetentionClock& loser : clocks) {
    for (const RetentionClock& winner : clocks) {
      const ConflictRule* rule = rule_between(*winner.duty, *loser.duty);
      if (rule == nullptr || rule->effect != RuleEffect::kStrikes) continue;
      // A rule of one duty is of what happened: it strikes nothing that began after it.
      const bool began_after = !rule->winner_duty.empty() && loser.from > winner.from;
      if (!began_after) loser.struck_by = rule;
    }
  }
}

bool ends_later(const RetentionClock& one, const RetentionClock& other) {
  return !one.end || (other.end && *one.end > *other.end);
}

/// The clock that keeps longest of those that count; null: none keeps.
const RetentionClock* longest_keep(const std::vector<RetentionClock>& clocks) {
  const RetentionClock* longest = nullptr;
  for (const RetentionClock& one : clocks) {
    if (one.struck_by != nullptr || !keeps(one.duty->force)) continue;
    if (longest == nullptr || ends_later(one, *longest)) longest = &one;
  }
  return longest;
}

/// Until when the rules put off the erasing of `clock`; none: for as long as a hold stands.
std::optional<Time> put_off(RetentionClock& clock, const std::vector<RetentionClock>& clocks) {
  std::optional<Time> end = clock.end;
  for (const RetentionClock& other : clocks) {
    if (other.struck_by != nullptr || !end) continue;
    const ConflictRule* rule = rule_between(*other.duty, *clock.duty);
    if (rule == nullptr || rule->effect != RuleEffect::kPutsOff) continue;
    if (other.end && *other.end <= *end) continue;
    clock.put_off_by = rule;
    end = other.end;
  }
  return end;
}

/// The erasing that comes first, with when.
struct FirstErase {
  const RetentionClock* clock = nullptr;
  std::optional<Time> when;
};

FirstErase first_erase(std::vector<RetentionClock>& clocks) {
  FirstErase first;
  for (RetentionClock& one : clocks) {
    if (keeps(one.duty->force)) continue;
    const std::optional<Time> when = put_off(one, clocks);
    const bool sooner = first.clock == nullptr || (when && (!first.when || *when < *first.when)) ||
                        (when == first.when && *one.end < *first.clock->end);
    if (sooner) first = {&one, when};
  }
  return first;
}

std::string told(const RetentionClock& clock) {
  std::string text(clock.duty->words);
  text.append(" (").append(clock.duty->name).append(": ").append(clock.duty->source).append("; from ");
  text += to_text(clock.from);
  text += clock.end ? ", until " + to_text(*clock.end) : std::string(", not lifted");
  return text + ")";
}

std::string sentence(std::string_view begin, const RetentionClock& clock, const ConflictRule* rule) {
  std::string text = std::string(begin) + ": " + told(clock) + ".";
  if (rule != nullptr) text.append(" Rule ").append(rule->name).append(": ").append(rule->words).append(".");
  return text;
}

std::string why(const RetentionClock* keep, const FirstErase& erase,
                const std::vector<RetentionClock>& clocks) {
  if (keep == nullptr && erase.clock == nullptr)
    return "No duty speaks of it: it stays until somebody decides.";
  std::string text;
  const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : " ") + more; };
  if (keep != nullptr) add(sentence("Keep", *keep, nullptr));
  if (erase.clock != nullptr) {
    add(sentence("Erase", *erase.clock, erase.clock->put_off_by));
  } else {
    add("Nothing says when to erase it, so it goes once the last keeping ends.");
  }
  for (const RetentionClock& one : clocks)
    if (one.struck_by != nullptr) add(sentence("Not counted", one, one.struck_by));
  return text;
}

RetentionState state_of(const RetentionVerdict& verdict, const RetentionClock* keep, Time now) {
  if (verdict.clocks.empty()) return RetentionState::kUndecided;
  const bool held =
      keep != nullptr && keep->duty->force == DutyForce::kHold && (!keep->end || *keep->end > now);
  if (held) return RetentionState::kHeld;
  return verdict.erase_after && *verdict.erase_after <= now ? RetentionState::kDue : RetentionState::kKept;
}

}  // namespace

std::string_view name_of(RetentionState state) { return kStateNames[static_cast<std::size_t>(state)]; }

RetentionVerdict decide_retention(const RetainedRecord& record, Time now) {
  RetentionVerdict verdict;
  verdict.clocks = clocks_of(record, now);
  strike(verdict.clocks);
  const RetentionClock* keep = longest_keep(verdict.clocks);
  const FirstErase erase = first_erase(verdict.clocks);
  if (keep != nullptr) verdict.keep_until = keep->end;
  verdict.erase_after = erase.clock != nullptr ? erase.when : verdict.keep_until;
  verdict.state = state_of(verdict, keep, now);
  verdict.why = why(keep, erase, verdict.clocks);
  return verdict;
}

}  // namespace seawall
