#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/flood_watch/flood_watch.h"
#include "seawall/follow/list_follower.h"
#include "seawall/sightings/recorder.h"

namespace seawall {

/// A matcher that follows the lists, keeps what it is asked about, and has floods held back.
///
/// Guarantees: a record is observed before it is answered, and answered by lists at least as new as those of
/// the moment when its observation became durable. So whoever searches the log of observations for an entry
/// after that entry came in force finds the record, or the record's answer named the entry. Threads: one.
/// Lifetime: borrows all three. Memory: that of the records.
class ObservingMatcher {
 public:
  /// What comes of records; called from within answer().
  struct Calls {
    FunctionRef<void(const SignalRecord&, const ListVerdict&)> answered;
    /// A record that could not be observed, or an entry that could not be held back; answers go on.
    FunctionRef<void(const Error&)> problem;
    FunctionRef<void(EntryId, const FloodTrip&)> flooded;
    FunctionRef<bool()> stopping;  ///< Asked between records and between steps.
  };

  /// `recorder` and `watch` may be null: then nothing is observed, or no flood is noticed.
  ObservingMatcher(ListFollower& follower, Recorder* recorder, FloodWatch* watch)
      : follower_(follower), recorder_(recorder), watch_(watch) {}

  /// Observes the records, comes up to date with the lists, and answers each in order, unless told to stop.
  /// Errors: those of the log, of ListFollower: then none may be answered, though they are observed. Without
  /// a recorder a store that is away is a problem() only, and the lists as they were last answer.
  Result<void> answer(std::span<const SignalRecord> records, const Calls& calls);
  /// Keeps what the flood watch has counted; call it at the end.
  Result<void> finish();

  /// How many records could not be observed, though answered.
  [[nodiscard]] std::uint64_t not_observed() const { return not_observed_; }

 private:
  Result<void> observe(std::span<const SignalRecord> records, const Calls& calls);

  ListFollower& follower_;
  Recorder* recorder_;
  FloodWatch* watch_;
  std::uint64_t not_observed_ = 0;
};

/// What the verdicts of one call met that counts for floods, each entry once however many of them met it: of
/// listed banks, what is enforced, or will be if people agree, and what is in quarantine. What overrules or
/// is silent for another reason cannot harm.
class MetEntries {
 public:
  /// All of one list version.
  void add(const ListVerdict& verdict);
  [[nodiscard]] bool empty() const { return met_.empty() && quarantined_.empty(); }
  /// Has them counted. `caller`: as FloodWatch::met(). `problem`: an entry that could not be held back;
  /// others go on.
  void count_in(FloodWatch& watch, std::string_view caller, FunctionRef<void(const Error&)> problem,
                FunctionRef<void(EntryId, const FloodTrip&)> flooded);

 private:
  std::vector<EntryId> met_, quarantined_;
  std::uint64_t list_version_ = 0;
};

/// As matchers ask the lists: a hash of unknown quality is looked up. `hashes`: room that the query borrows.
[[nodiscard]] ListQuery query_of(const SignalRecord& record, std::vector<PdqHash>& hashes);

/// Steps until nothing more is there. False: told to stop before. Errors: those of ListFollower::step().
Result<bool> catch_up(ListFollower& follower, FunctionRef<bool()> stopping);

}  // namespace seawall
