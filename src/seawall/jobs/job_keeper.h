#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "seawall/base/clock.h"
#include "seawall/jobs/async_lookups.h"
#include "seawall/jobs/process_mark.h"
#include "seawall/store/service_records.h"

namespace seawall {

/// Does, on a thread of its own, what must be done now and then: says that this process lives, writes answers
/// that could not be written, fails look-ups of processes that died, and drops what is over. Guarantees: its
/// end ends the thread, within the records' own deadlines, and then says that the process leaves. Threads:
/// any. Lifetime: borrows all parts.
class JobKeeper {
 public:
  struct Parts {
    ServiceRecords& records;
    ProcessMark& mark;
    AsyncLookups& lookups;
    const Clock& clock;
  };
  struct Options {
    std::chrono::milliseconds beat_every{std::chrono::seconds(15)};
    std::chrono::milliseconds sweep_every{std::chrono::seconds(5)};
    std::chrono::milliseconds tidy_every{std::chrono::minutes(1)};
    std::chrono::milliseconds look_every{std::chrono::seconds(1)};
    bool own_thread = true;  ///< False: somebody calls step() every second.
  };

  JobKeeper(Parts parts, const Options& options);
  ~JobKeeper();
  JobKeeper(const JobKeeper&) = delete;
  JobKeeper& operator=(const JobKeeper&) = delete;

  /// What is due by the clock.
  void step();
  /// What went wrong at the last step that had something to do; none: it succeeded.
  [[nodiscard]] std::optional<Error> trouble() const;

 private:
  Result<void> tidy(Time now);
  Result<void> do_what_is_due(Time now);
  void keep(const std::stop_token& stop);

  const Parts parts_;
  const Options options_;
  std::optional<Time> beaten_;  // These three: by step() alone.
  std::optional<Time> swept_;
  std::optional<Time> tidied_;
  mutable std::mutex mutex_;  // Guards trouble_, and what the thread waits on.
  std::condition_variable_any changed_;
  std::optional<Error> trouble_;
  std::jthread thread_;  // Last: it uses all of the above.
};

}  // namespace seawall
