#include "seawall/audit/entry_tally.h"

#include <algorithm>

#include "seawall/statement/log_promise.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

std::string sentence_of(std::uint64_t index, std::string_view rest) {
  return "entry " + std::to_string(index) + " " + std::string(rest);
}

}  // namespace

std::string_view name_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::kNotAnEntry:
      return "not-an-entry";
    case FindingKind::kTimeRunsBack:
      return "time-runs-back";
    case FindingKind::kTimeAhead:
      return "time-ahead";
    case FindingKind::kStrayRef:
      return "stray-ref";
    case FindingKind::kOverdue:
      return "overdue";
  }
  return "";
}

Result<std::vector<Finding>> EntryTally::add(std::uint64_t index, const Result<LogEntry>& entry,
                                             const TallyRules& rules) {
  std::vector<Finding> findings;
  const auto find = [&](FindingKind kind, std::string_view rest) {
    ++found[kind];
    findings.push_back({kind, index, sentence_of(index, rest)});
  };
  if (!entry) {
    find(FindingKind::kNotAnEntry, "is not one that this version knows: " + entry.error().message);
    return findings;
  }
  if (entry->at + rules.clock_tolerance < latest) {
    find(FindingKind::kTimeRunsBack,
         "is of " + second_text(entry->at) + ", after one of " + second_text(latest));
  }
  const bool is_ahead = entry->at > rules.now + rules.clock_tolerance;
  if (is_ahead) find(FindingKind::kTimeAhead, "is of " + second_text(entry->at) + ", which has not come yet");
  if (!is_ahead) latest = std::max(latest, entry->at);
  if (entry->ref && *entry->ref >= index) {
    find(FindingKind::kStrayRef, "refers to one that is not before it");
  }
  SEAWALL_CHECK(follow_promise(index, *entry));
  return findings;
}

Result<void> EntryTally::follow_promise(std::uint64_t index, const LogEntry& entry) {
  const auto spoken_of = entry.ref ? open.find(*entry.ref) : open.end();
  if (spoken_of != open.end() && speaks_of_promise(spoken_of->second.kind, entry.kind)) {
    if (entry.due) {
      spoken_of->second.due = *entry.due;
    } else if (entry.kind != LogKind::kOrderExtension) {
      open.erase(spoken_of);
    }
    return {};
  }
  if (!entry.due) return {};
  if (open.size() >= kOpenMax) return fail(Code::kLimitExceeded, "the log has over 100,000 open promises");
  open.emplace(index, OpenPromise{entry.kind, *entry.due});
  return {};
}

std::vector<Finding> EntryTally::overdue(Time now) const {
  std::vector<Finding> findings;
  for (const auto& [index, promise] : open) {
    if (promise.due >= now) continue;
    findings.push_back({FindingKind::kOverdue, index,
                        sentence_of(index, "(" + std::string(name_of(promise.kind)) + ") was due " +
                                               second_text(promise.due) + " and no later entry answers it")});
  }
  return findings;
}

}  // namespace seawall
