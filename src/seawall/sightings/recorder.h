#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/observation/observation_log.h"
#include "seawall/signal_file/signal_record.h"

namespace seawall {

struct RecorderOptions {
  std::string tenant = "default";  ///< Whose observations these are.
  std::string place;               ///< Of all of them; empty: each record's own id.
  std::chrono::milliseconds tidy_every = std::chrono::hours(1);
};

/// Puts what a matcher is asked about into a log of observations.
///
/// Guarantees: what flush() acknowledged is kept as ObservationLog promises. A record with several hashes
/// becomes as many observations, its digests with the first. A matcher that flushes, then brings its lists up
/// to date, then answers, misses nothing together with a search that looks at the lists before the log: each
/// pair of entry and record is met by one of the two (docs/observations.md). Threads: one. Lifetime: borrows
/// the log and the clock. Memory: what was added since the last flush().
class Recorder {
 public:
  Recorder(ObservationLog& log, const Clock& clock, RecorderOptions options)
      : log_(log), clock_(clock), options_(std::move(options)), tidied_(clock.now()) {}

  /// Errors: kInvalidInput (an id too long for a place): then the record is not observed.
  Result<void> add(const SignalRecord& record);
  /// Durable on return. Errors: those of ObservationLog::append(); what was added is then forgotten.
  Result<void> flush();
  /// Removes what has expired, if the last time is tidy_every ago. Blocks for it. Errors: those of tidy().
  Result<void> tidy_if_due();

 private:
  ObservationLog& log_;
  const Clock& clock_;
  RecorderOptions options_;
  Time tidied_;
  std::deque<std::string> places_;  // What waiting_ points to: a deque moves no text.
  std::vector<Observation> waiting_;
};

}  // namespace seawall
