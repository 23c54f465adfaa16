#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/clip_match/clip_tracker.h"
#include "seawall/stream_poll/live_segment.h"
#include "seawall/stream_watch/stream_eye.h"

namespace seawall {

/// A stream of one StreamWatch, from 1; never given twice.
enum class WatchId : std::uint32_t {};

/// A listed clip was seen in a stream: what is kept as evidence of it. Holds no pixels and no address.
struct WatchAlert {
  WatchId stream{};
  std::string name;  ///< Of the stream, as whoever attached it said.
  ClipAlert clip;
  std::vector<std::string> labels;  ///< Of the frames' hashes: AlignedPair::query_label counts in them.
  Time begin{};                     ///< When what matched was here, by this machine's clock.
  Time end{};
  Time told{};
  std::vector<SeenFrame> frames;  ///< Those of the last minute that lie in the segment.
  std::vector<NearPiece> pieces;  ///< What they were in, with digests.
};

/// Listed clips that a stream shows still, after a match of them was told.
struct WatchShowing {
  WatchId stream{};
  std::vector<ClipId> clips;  ///< By id; at least one.
  Time at{};                  ///< When the last picture of the piece was here.
};

/// The pictures of one piece, as signals.
struct WatchFrames {
  WatchId stream{};
  std::string name;
  std::vector<SeenFrame> frames;
};

/// Port: what a StreamWatch tells. Called on its threads and on those that give it pieces, one call at a
/// time; must not block for long, and must not call the watch.
class WatchListener {
 public:
  virtual ~WatchListener() = default;
  virtual void on_alert(const WatchAlert& alert) = 0;
  virtual void on_frames(const WatchFrames& /*frames*/) {}
  /// With each piece that shows them.
  virtual void on_showing(const WatchShowing& /*showing*/) {}
  /// What happened to a stream: the source's own words.
  virtual void on_event(WatchId stream, const std::string& name, const StreamEvent& event) = 0;
  /// What came of a stream cannot be looked at, for `reason`; told once until it can be again.
  virtual void on_blind(WatchId stream, const std::string& name, const std::string& reason) = 0;
  /// Pictures of every stream are looked at no more often than this from now on; 0: as often as is wanted.
  virtual void on_spacing(std::chrono::microseconds spacing) = 0;
};

/// How a stream does.
enum class WatchPhase : std::uint8_t {
  kWaiting,  ///< Nothing has come yet.
  kLive,
  kStalled,
  kFailing,
  kOver,  ///< It ended or was given up.
};
[[nodiscard]] std::string_view name_of(WatchPhase phase);
/// How a stream that did so does after that event.
[[nodiscard]] WatchPhase phase_after(WatchPhase phase, StreamEvent::Kind kind);

/// One stream, for tables and metrics. No address.
struct WatchState {
  WatchId stream{};
  std::string name;
  WatchPhase phase = WatchPhase::kWaiting;
  std::string trouble;  ///< Why it fails, or why it cannot be looked at; empty: it can.
  std::string codec;
  int width_px = 0;
  int height_px = 0;
  std::uint64_t pieces = 0;  ///< That came.
  std::uint64_t bytes = 0;
  std::uint64_t frames = 0;         ///< Looked at.
  std::uint64_t pieces_unseen = 0;  ///< Left out for the load, whole; closer looks are not counted.
  std::uint64_t pieces_blind = 0;   ///< That could not be decoded.
  std::uint64_t pieces_lost = 0;    ///< By the source: gaps.
  std::uint64_t times_repaired = 0;
  std::uint64_t alerts = 0;
  std::uint64_t restarts = 0;  ///< Of its source.
  /// From the arrival of the piece looked at last to the end of the look at its key pictures.
  std::chrono::milliseconds lag{0};
  Time last_frame{};  ///< When the last picture looked at was here.
  bool near = false;  ///< Looked at closely, after something near.
  bool sparse = false;

  /// It comes, and cannot be looked at, for `trouble`.
  [[nodiscard]] bool is_blind() const { return phase == WatchPhase::kLive && !trouble.empty(); }
};

/// From a piece's arrival to the end of a look at it.
struct WatchLags {
  static constexpr std::array<double, 10> kBucketsS{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  /// Looks at or under each of kBucketsS, then all others.
  std::array<std::uint64_t, kBucketsS.size() + 1> looks{};
  double sum_s = 0;

  void add(std::chrono::milliseconds lag) {
    const double lag_s = std::chrono::duration<double>(lag).count();
    ++looks[static_cast<std::size_t>(std::ranges::lower_bound(kBucketsS, lag_s) - kBucketsS.begin())];
    sum_s += lag_s;
  }
};

/// All streams together.
struct WatchCounts {
  std::size_t streams = 0;
  std::uint64_t pieces = 0, frames = 0, pieces_unseen = 0, pieces_blind = 0, alerts = 0;
  std::uint64_t closer = 0;           ///< Pieces of which more than key pictures were decoded.
  std::uint64_t closer_left_out = 0;  ///< Of which more was worth it, and was not for the load.
  std::size_t pieces_waiting = 0;
  std::uint64_t bytes_waiting = 0;
  int level = 0;  ///< LoadGovernor.
  std::chrono::microseconds spacing{0};
  double busy = 0;
  WatchLags lags;         ///< Of the looks at key pictures, which come first.
  WatchLags closer_lags;  ///< Of closer looks.
};

}  // namespace seawall
