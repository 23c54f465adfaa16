#pragma once

#include <chrono>
#include <cstddef>

#include "seawall/lookup/work_queue.h"
#include "seawall/service/call.h"

namespace seawall {

/// The threads that do what blocks, one bounded queue for each kind of work: so that waiting for other hosts
/// holds up no decoding, and managing the lists no look-ups. Threads: any.
class Lanes {
 public:
  struct Options {
    unsigned media_threads = 0;  ///< 0: one a core.
    unsigned signal_threads = 8;
    unsigned fetch_threads = 16;
    unsigned store_threads = 4;
    unsigned later_threads = 2;
    unsigned sign_in_threads = 2;  ///< So many passwords are hashed at once.
    unsigned caller_threads = 4;
    unsigned video_threads = 0;    ///< Of each of the two lanes for videos; 0: half the cores.
    std::size_t jobs_max = 1'024;  ///< Waiting in each lane.
    std::chrono::milliseconds wait_max{1'000};
    std::chrono::milliseconds later_wait_max{600'000};  ///< Of the lane kLater.
    std::size_t later_jobs_max = 10'000;                ///< Likewise.
    std::chrono::milliseconds video_wait_max{10'000};   ///< Of kVideos; of kVideosLater as of kLater.
  };
  static constexpr std::size_t kVideosMax = 64;  ///< Waiting in kVideos: each may take a minute.
  static constexpr std::size_t kVideosLaterMax = 1'000;
  static constexpr std::size_t kSignInsMax = 32;  ///< Waiting: each costs far more than a look-up.
  static constexpr std::chrono::milliseconds kSignInWaitMax{5'000};
  static constexpr std::chrono::milliseconds kCallersWaitMax{2'000};
  explicit Lanes(const Options& options);

  [[nodiscard]] WorkQueue& of(Lane lane);
  /// Of all lanes: how many may wait.
  [[nodiscard]] std::size_t jobs_max() const { return jobs_max_; }
  /// Takes no more and waits for what there is; false at the deadline.
  bool drain(std::chrono::steady_clock::time_point deadline);

 private:
  WorkQueue later_;  // First, so that they end last: the others' jobs may hand them theirs.
  WorkQueue videos_later_;
  WorkQueue videos_;
  WorkQueue signals_;
  WorkQueue media_;
  WorkQueue fetch_;
  WorkQueue store_;
  WorkQueue sign_in_;
  WorkQueue callers_;
  std::size_t jobs_max_;
};

/// How many videos are decoded at once in each of their lanes.
[[nodiscard]] unsigned video_threads_of(unsigned wanted);
/// "signals", "media", "fetch", "store", "later", "sign_in", "callers", "videos", "videos_later".
[[nodiscard]] std::string_view name_of(Lane lane);

}  // namespace seawall
