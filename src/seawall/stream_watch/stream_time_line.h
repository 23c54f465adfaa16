#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "seawall/model/list_ids.h"

namespace seawall {

/// Gives the pictures of a live stream times that always rise, in us since its first one: those of its
/// container where they can be true, those of arrival elsewhere. A stream cannot turn its time back, let it
/// stand still, or run away from the clock by more than kDriftMax.
///
/// A piece's time is believed if it goes on from the last one's and lies within kDriftMax of the time that
/// has passed here; what is not believed is placed by its arrival, and a stream that is corrected again and
/// again is placed by arrival alone until it has been right for a while. A recorded stream comes as fast as
/// it is fetched, so there the clock says nothing. Threads: one. Pure.
class StreamTimeLine {
 public:
  /// Bursts at the start, waits of a playlist and buffers of a server stay below this.
  static constexpr std::chrono::microseconds kDriftMax{std::chrono::seconds(15)};

  struct Piece {
    std::int64_t container_us = 0;  ///< Of its first picture.
    Time arrived{};
    bool discontinuity = false;
    bool repeats = false;   ///< Begins with the key picture that the last piece began with.
    bool recorded = false;  ///< LiveSegment::recorded.
  };

  /// Begins a piece.
  void begin(const Piece& piece);
  /// The time of a picture `after_us` after the piece's first one; nothing if it is not after the last one
  /// given (a repeated picture).
  [[nodiscard]] std::optional<std::int64_t> place(std::int64_t after_us);

  /// When the picture of that time was here, or would have been: what came as a whole piece was made before.
  [[nodiscard]] Time wall_time(std::int64_t time_us) const;
  [[nodiscard]] std::int64_t last_us() const { return last_us_; }  ///< -1: none was given.
  [[nodiscard]] std::uint64_t repaired() const { return repaired_; }
  /// Whether times are those of arrival for now.
  [[nodiscard]] bool distrusted() const { return distrust_ >= kDistrustMost / 2; }

 private:
  static constexpr int kDistrustMost = 16;
  static constexpr int kDistrustStep = 4;  // Of each repair; each right piece takes one away.

  std::optional<Time> start_;
  std::int64_t base_us_ = 0;       // Where the piece begins.
  std::int64_t latest_us_ = 0;     // What no picture of it may pass.
  std::int64_t container_us_ = 0;  // The piece's.
  std::int64_t shift_us_ = 0;      // What stream time is ahead of the time that has passed here.
  std::int64_t here_us_ = 0;       // The time that has passed here, when the piece came.
  std::int64_t lead_us_ = 0;       // The most that a picture was ahead of that.
  std::int64_t last_us_ = -1;
  std::uint64_t repaired_ = 0;
  int distrust_ = 0;
  bool repeats_ = false;
};

}  // namespace seawall
