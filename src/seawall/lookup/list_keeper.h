#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "seawall/base/result.h"
#include "seawall/feed/feed.h"
#include "seawall/follow/list_follower.h"

namespace seawall {

/// Keeps a follower at the newest list version, on two threads of its own: one waits for the feed, one reads.
///
/// Guarantees: a change of the lists is applied as soon as the feed tells of it (docs/follow.md), and at once
/// where fresh() waits for it. What goes wrong is reported once a change of its text, and tried again after
/// `retry`; answers go on from the lists as they are. Its end waits for the step it is in, and for `idle`.
/// Threads: any. Lifetime: borrows both; nobody else may call the follower's step().
class ListKeeper {
 public:
  using Steady = std::chrono::steady_clock;

  struct Options {
    std::chrono::milliseconds idle = std::chrono::milliseconds(200);  ///< Longest wait for the feed.
    std::chrono::milliseconds retry = std::chrono::milliseconds(500);
    /// Longest time without a reading: a feed that says of nothing new is believed for so long.
    std::chrono::milliseconds read_every = std::chrono::minutes(1);
    std::function<Steady::time_point()> now = [] { return Steady::now(); };  ///< For age() and read_every.
    /// Called from the reading thread; nothing when the trouble is over. Must not block.
    std::function<void(const std::optional<Error>&)> trouble = [](const std::optional<Error>&) {};
  };
  ListKeeper(ListFollower& follower, Feed& feed, Options options);
  struct Step {
    bool all_seen = false;     ///< Nothing more may be taken now: FollowStep::all_seen.
    std::uint64_t newest = 0;  ///< The store's version: FollowStep::newest.
  };
  /// Keeps something else that follows the feed. `step`: applies what comes next without waiting.
  /// `version`: that it has come to.
  struct Followed {
    std::function<Result<Step>()> step;
    std::function<std::uint64_t()> version;
  };
  ListKeeper(Followed followed, Feed& feed, Options options);
  ~ListKeeper();
  ListKeeper(const ListKeeper&) = delete;
  ListKeeper& operator=(const ListKeeper&) = delete;

  /// Waits until the lists have been read as far as they may be seen by a reading that began after this call:
  /// so they are at least as new as what was shown at the call, but for what a change that is not to be seen
  /// yet keeps back (Feed::shown()). Callers at the same time share one reading. Errors:
  /// kUnavailable at the deadline; that of the reading, if it failed.
  Result<void> fresh(Steady::time_point deadline);

  /// What has gone wrong since the last reading that succeeded.
  [[nodiscard]] std::optional<Error> trouble() const;
  /// Readings that succeeded; more than 0: the answers have been up to date once.
  [[nodiscard]] std::uint64_t readings() const;
  /// Since the lists of now were last known to be the newest of the store: the beginning of a reading that
  /// came to the store's version, also later; or of a wait of the feed's in which nothing came. Where a log
  /// stands still, so do the lists, and this grows. Nothing until the first reading has succeeded; its
  /// beginning counts even if what it found was not the newest.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> age() const;

 private:
  void watch(std::stop_token stop);
  void read(std::stop_token stop);
  /// Gives the store's version.
  Result<std::uint64_t> read_all(std::stop_token stop);
  void note(const Result<std::uint64_t>& newest, std::uint64_t round, Steady::time_point begun);
  void note_newest(std::uint64_t newest, Steady::time_point begun);
  [[nodiscard]] bool note_quiet(Steady::time_point asked);
  std::uint64_t want();  // With the lock: the round that begins next.

  const Followed followed_;
  Feed& feed_;
  const Options options_;
  mutable std::mutex mutex_;  // Guards what follows, up to the threads.
  std::condition_variable_any changed_;
  std::uint64_t wanted_ = 1;  // The last round that somebody waits for.
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;
  std::uint64_t succeeded_ = 0;
  std::optional<Error> trouble_;  // Of the last round.
  Steady::time_point read_at_;    // When the last that succeeded began; set once succeeded_ is.
  Steady::time_point newest_at_;  // age() counts from then.
  /// A version of the store's that the lists have not come to, and when it was the newest.
  struct Ahead {
    std::uint64_t version = 0;
    Steady::time_point at;
  };
  std::optional<Ahead> ahead_;
  std::jthread reader_;  // Last: they use all of the above.
  std::jthread watcher_;
};

}  // namespace seawall
