#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/stream_watch/load_governor.h"
#include "seawall/stream_watch/watch_told.h"

namespace seawall {

struct WatchOptions {
  EyeOptions eye{};
  int threads = 1;  ///< That decode and look up; 1 to 64. The decoder should have as many workers.
  std::size_t streams_max = 4'096;
  std::size_t pieces_waiting_max = 4;              ///< Of one stream; then the oldest is left out.
  std::size_t closer_waiting_max = 2;              ///< Closer looks, likewise.
  std::uint64_t bytes_waiting_max = 256ULL << 20;  ///< Of all.
};

/// What becomes of the pieces of a stream that wait when it is removed.
enum class WatchEnd : std::uint8_t {
  kDropped,   ///< They are left out, and counted.
  kLookedAt,  ///< They are looked at still, and what they show is told under its id.
};

/// Watches many live streams for listed clips: takes their pieces from whatever follows them, looks at each
/// stream's in order, and tells what it sees.
///
/// Guarantees: key pictures come first, those of all streams, and are told of before a closer look at the
/// same piece begins. Streams take turns, one piece each; under overload the time between two pictures grows
/// for all alike (LoadGovernor), which is told and counted, and no stream is left out; a piece that was not
/// looked at is counted. A closer look begins when no key picture waits, on all threads but one (if there are
/// more); or, where it has waited for kCloserWaits, before key pictures: one at a time, and for half of one
/// thread's time. One that has waited for kCloserLate is left out and counted. Memory: WatchOptions and
/// StreamEye. Threads: any; `threads` of its own. Lifetime: borrows all that it is given; its end drops what
/// waits. Source: docs/live-watch.md.
class StreamWatch {
 public:
  static constexpr std::chrono::milliseconds kCloserWaits{2'000};
  static constexpr std::chrono::milliseconds kCloserLate{10'000};

  StreamWatch(VideoDecoder& decoder, const ClipIndex& index, const Clock& clock, WatchListener& listener,
              const WatchOptions& options = {});
  StreamWatch(const StreamWatch&) = delete;
  StreamWatch& operator=(const StreamWatch&) = delete;
  ~StreamWatch();

  /// A further stream. `name`: what it is called wherever something is told of it; printable, at most 200
  /// bytes, never its address. `scope`: whom it is watched for. Errors: kConflict (a stream has that name),
  /// kInvalidInput, kLimitExceeded.
  Result<WatchId> add(std::string name, const ClipScope& scope = {});
  /// Forgets it; its name is free at once. False: there is none.
  bool remove(WatchId stream, WatchEnd end = WatchEnd::kDropped);

  /// Never blocks. Pieces of one stream are given in order.
  void give(WatchId stream, LiveSegment piece);
  void tell(WatchId stream, const StreamEvent& event);
  /// Whether a piece would find room now.
  [[nodiscard]] bool has_room(WatchId stream) const;
  /// Whether all pictures are wanted now, not key pictures alone.
  [[nodiscard]] bool wants_all(WatchId stream) const;

  /// Blocks until nothing waits or is under way, or for `at_most`. False: it was longer.
  bool wait_idle(std::chrono::milliseconds at_most);

  [[nodiscard]] std::vector<WatchState> states() const;  ///< By id.
  [[nodiscard]] WatchCounts counts() const;

 private:
  struct Watched;
  using WatchedPtr = std::shared_ptr<Watched>;

  /// A closer look that waits.
  struct Closer {
    LiveSegment piece;
    std::optional<std::int64_t> first_us;  // As CloserLook has it.
    Time since{};
  };
  /// What a thread does next.
  struct Turn {
    WatchedPtr stream;  // Null: nothing.
    LiveSegment piece;
    std::optional<Closer> closer;  // Instead of the piece.
  };

  void work(const std::stop_token& stop);
  Turn next_turn();
  Turn next_key();
  Turn next_closer();
  void drop_late_closer();
  void finish(const Turn& turn);
  [[nodiscard]] bool may_look_closer() const;
  [[nodiscard]] bool is_idle() const { return working_ == 0 && ready_.empty() && closer_.empty(); }
  void look(const WatchedPtr& stream, LiveSegment piece, const EyeAllowance& allowance);
  void look_closer(Watched& stream, const Closer& closer, const EyeAllowance& allowance);
  void worked(std::chrono::steady_clock::time_point since, bool is_closer);
  void settle(Watched& stream, const LiveSegment& piece, const Result<Seen>& seen);
  void settle_closer(Watched& stream, const LiveSegment& piece, const Result<Seen>& seen);
  void note_eye(Watched& stream, Time now);
  void note_frames(WatchState& state, const Seen& seen);
  void make_ready(const WatchedPtr& stream);
  void add_closer(const WatchedPtr& stream, Closer closer);
  void leave_out_front(Watched& stream);
  void leave_out_closer(Watched& stream);
  void tell_seen(Watched& stream, Seen& seen);
  [[nodiscard]] EyeAllowance allowance() const;
  [[nodiscard]] WatchedPtr find(WatchId stream) const;

  VideoDecoder& decoder_;
  const ClipIndex& index_;
  const Clock& clock_;
  WatchListener& listener_;
  const WatchOptions options_;
  const int thread_count_;  // Of threads_, known before the first of them runs.

  mutable std::mutex mutex_;  // Guards all below, and Watched but its eye. Taken after Watched::eye_mutex.
  std::condition_variable_any changed_;
  std::condition_variable idle_;
  std::map<WatchId, WatchedPtr> streams_;
  std::deque<WatchedPtr> ready_;   // Streams with something waiting that nobody looks at, in turn.
  std::deque<WatchedPtr> closer_;  // Those with a closer look waiting and none under way, in turn.
  std::size_t closer_working_ = 0;
  Time closer_again_{};  // Then one may go before key pictures again.
  LoadGovernor governor_;
  WatchCounts counts_;
  std::uint32_t last_id_ = 0;
  std::size_t working_ = 0;

  std::mutex listener_mutex_;  // One call at a time; never taken while mutex_ is held.
  std::vector<std::jthread> threads_;
};

}  // namespace seawall
