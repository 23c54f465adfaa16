#pragma once

#include <chrono>
#include <cstdint>

#include "seawall/model/list_ids.h"

namespace seawall {

/// Decides how seldom the pictures of streams are looked at while there is more to do than can be done: the
/// same for all streams, so that none is left out. Level 0 looks at all that is wanted; each level above
/// doubles the time between two pictures of a stream, from 4 s on.
///
/// Rises by one when pieces wait for longer than kWaitMost or find no room, no sooner than kRiseAfter after
/// the last change; falls by one after kFallAfter of short waits and so much idle time that twice the work
/// would fit. Threads: one at a time. Pure.
class LoadGovernor {
 public:
  static constexpr int kLevelMax = 6;  ///< 128 s.
  static constexpr std::chrono::milliseconds kLookEvery{1'000};
  static constexpr std::chrono::milliseconds kWaitMost{1'000};
  static constexpr std::chrono::milliseconds kWaitShort{250};
  static constexpr std::chrono::milliseconds kRiseAfter{3'000};
  static constexpr std::chrono::milliseconds kFallAfter{15'000};
  static constexpr double kBusyMost = 0.45;

  /// A piece was begun after it had waited for so long.
  void begun(std::chrono::milliseconds waited);
  /// A piece found no room.
  void left_out() { no_room_ = true; }
  /// Work was done for so long.
  void worked(std::chrono::microseconds time) { worked_ += time; }
  /// Looks at what happened since it last did, at most once in kLookEvery. `threads`: that could have worked.
  /// True: the level is another now.
  bool look(Time now, int threads);

  [[nodiscard]] int level() const { return level_; }
  /// The least time between two pictures of one stream; 0: all that is wanted.
  [[nodiscard]] std::chrono::microseconds spacing() const;
  /// Part of the threads' time that was used in the last kLookEvery or so, 0 to 1.
  [[nodiscard]] double busy() const { return busy_; }

 private:
  std::chrono::milliseconds longest_wait_{0};
  std::chrono::microseconds worked_{0};
  bool no_room_ = false;
  bool begun_ = false;
  Time looked_{};
  Time changed_{};
  Time calm_since_{};
  double busy_ = 0;
  int level_ = 0;
};

}  // namespace seawall
