#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
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
  static constexpr std::size_t kBegunMax = 8;
  /// Bursts at the start, waits of a playlist and buffers of a server stay below this.
  static constexpr std::chrono::microseconds kDriftMax{std::chrono::seconds(15)};

  struct Piece {
    std::int64_t container_us = 0;  ///< Of its first picture.
    Time arrived{};
    bool discontinuity = false;
    bool recorded = false;  ///< LiveSegment::recorded.
  };

  /// Begins a piece.
  void begin(const Piece& piece);
  /// The time of a picture `after_us` after the piece's first one: after the last one given.
  [[nodiscard]] std::int64_t place(std::int64_t after_us);

  /// The time of a picture of one of the last kBegunMax pieces begun, whose first picture was at
  /// `container_us`, `after_us` after it: what is looked at late. Nothing if the piece is not known any more,
  /// or the picture does not lie before the piece that followed it. `arrived`: when the picture was here at
  /// the latest.
  [[nodiscard]] std::optional<std::int64_t> place_late(std::int64_t container_us, std::int64_t after_us,
                                                       Time arrived);

  /// When the picture of that time was here, or would have been: what came as a whole piece was made before.
  [[nodiscard]] Time wall_time(std::int64_t time_us) const;
  [[nodiscard]] std::int64_t last_us() const { return last_us_; }  ///< -1: none was given.
  [[nodiscard]] std::uint64_t repaired() const { return repaired_; }
  /// Whether times are those of arrival for now.
  [[nodiscard]] bool distrusted() const { return distrust_ >= kDistrustMost / 2; }

 private:
  struct Begun {
    std::int64_t container_us = 0;
    std::int64_t base_us = 0;
  };
  [[nodiscard]] std::int64_t here(Time arrived) const;
  [[nodiscard]] std::int64_t latest(std::int64_t here_us) const;

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
  bool recorded_ = false;
  std::deque<Begun> begun_;  // The last pieces'.
};

}  // namespace seawall
