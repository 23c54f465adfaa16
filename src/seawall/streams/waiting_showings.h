#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "seawall/stream_watch/watch_told.h"
#include "seawall/streams/attached_stream.h"
#include "seawall/streams/clip_directory.h"

namespace seawall {

/// A showing of a listed clip whose match was seen while its entry was not in force.
struct WaitingShowing {
  std::shared_ptr<const AttachedStream> stream;
  WatchAlert alert;                                 ///< The strongest match of it.
  std::vector<ShownClip> beside;                    ///< What harmless banks knew of the stream then.
  ClipForce told_as = ClipForce::kDormant;          ///< As what that match was told; kDormant: not at all.
  ClipForce showing_told_as = ClipForce::kDormant;  ///< Likewise any match of the showing.
  Time last_shown{};

  [[nodiscard]] std::size_t bytes() const;  ///< About, in memory.
};

/// Showings that are judged again when the lists change: those of entries that are proposed, staged, held
/// back, overruled, expired or of a bank that is off.
///
/// Of each clip of a stream one is kept, the strongest, of equals the last. Where there is no room the one
/// that was seen longest ago goes, of the stream when that has too many, and is counted. Threads: any. Cost:
/// logarithmic; linear where there is no room.
class WaitingShowings {
 public:
  struct Limits {
    std::size_t showings = 4'096;
    std::size_t of_stream = 64;
    std::size_t bytes = std::size_t{64} << 20;
  };
  using Key = std::pair<WatchId, ClipId>;

  explicit WaitingShowings(const Limits& limits) : limits_(limits) {}
  void put(WaitingShowing showing);
  std::optional<WaitingShowing> take(Key key);
  /// As what any match of that showing was told; none: it does not wait.
  [[nodiscard]] std::optional<ClipForce> told_as(Key key) const;
  /// A match at that tier was told in force: one that is no stronger waits no more.
  void settle(Key key, ClipTier tier);
  /// These go on.
  void on_showing(const WatchShowing& showing);
  /// Those that were last seen before `time`.
  void forget_before(Time time);
  [[nodiscard]] std::vector<Key> keys() const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t bytes() const;
  /// How many went for want of room.
  [[nodiscard]] std::uint64_t forgotten() const;

 private:
  using Showings = std::map<Key, WaitingShowing>;
  void make_room(WatchId stream);
  void forget_longest_ago(Showings::iterator first, Showings::iterator last);
  Showings::iterator erase(Showings::iterator at);

  const Limits limits_;
  mutable std::mutex mutex_;  // Guards what follows.
  Showings showings_;
  std::size_t bytes_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace seawall
