#include "seawall/watch/observing_matcher.h"

#include <algorithm>
#include <vector>

namespace seawall {

ListQuery query_of(const SignalRecord& record, std::vector<PdqHash>& hashes) {
  hashes.clear();
  for (const ListedPdq& pdq : record.pdq) {
    hashes.push_back({pdq.bits, pdq.quality == ListedPdq::kQualityUnknown ? kPdqQualityMin : pdq.quality});
  }
  ListQuery query;
  query.pdq = hashes;
  query.md5 = record.md5;
  query.sha1 = record.sha1;
  query.sha256 = record.sha256;
  return query;
}

Result<bool> catch_up(ListFollower& follower, FunctionRef<bool()> stopping) {
  while (!stopping()) {
    SEAWALL_TRY(const FollowStep step, follower.step(std::chrono::milliseconds(0)));
    if (step.all_seen) return true;
  }
  return false;
}

Result<void> ObservingMatcher::answer(std::span<const SignalRecord> records, const Calls& calls) {
  SEAWALL_CHECK(observe(records, calls));
  // After observing: what came in force before now is in these answers, and what comes later finds the log.
  if (const auto followed = catch_up(follower_, calls.stopping); !followed) {
    const Code code = followed.error().code;
    const bool passing = code == Code::kUnavailable || code == Code::kConflict;
    if (recorder_ != nullptr || !passing) return tl::unexpected(followed.error());
    calls.problem(followed.error());
  }
  std::vector<PdqHash> hashes;
  for (const SignalRecord& record : records) {
    if (calls.stopping()) break;
    SEAWALL_TRY(const ListVerdict verdict, follower_.match(query_of(record, hashes)));
    if (watch_ != nullptr) {
      // Each row is a call of its own: who asked for it is not known here.
      MetEntries met;
      met.add(verdict);
      met.count_in(*watch_, {}, calls.problem, calls.flooded);
    }
    calls.answered(record, verdict);
  }
  return watch_ == nullptr ? Result<void>{} : watch_->save_if_due();
}

Result<void> ObservingMatcher::observe(std::span<const SignalRecord> records, const Calls& calls) {
  if (recorder_ == nullptr) return {};
  for (const SignalRecord& record : records) {
    if (auto added = recorder_->add(record); !added) {
      ++not_observed_;
      calls.problem(added.error());
    }
  }
  SEAWALL_CHECK(recorder_->flush());
  return recorder_->tidy_if_due();
}

void MetEntries::add(const ListVerdict& verdict) {
  list_version_ = verdict.list_version;
  for (const ListMatch& match : verdict.matches) {
    if (match.harmless) continue;
    if (match.standing == Standing::kQuarantined) quarantined_.push_back(match.entry);
    if (match.standing == Standing::kEnforced || match.standing == Standing::kStaged) {
      met_.push_back(match.entry);
    }
  }
}

void MetEntries::count_in(FloodWatch& watch, std::string_view caller, FunctionRef<void(const Error&)> problem,
                          FunctionRef<void(EntryId, const FloodTrip&)> flooded) {
  for (auto* const entries : {&met_, &quarantined_}) {
    std::ranges::sort(*entries);
    entries->erase(std::ranges::unique(*entries).begin(), entries->end());
  }
  for (const EntryId entry : quarantined_) watch.met_in_quarantine(entry, list_version_);
  for (const EntryId entry : met_) {
    const auto trip = watch.met(entry, list_version_, caller);
    if (!trip) {
      problem(trip.error());
    } else if (*trip) {
      flooded(entry, **trip);
    }
  }
}

Result<void> ObservingMatcher::finish() { return watch_ == nullptr ? Result<void>{} : watch_->save(); }

}  // namespace seawall
