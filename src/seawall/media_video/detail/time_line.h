#pragma once

#include <cstdint>
#include <optional>

namespace seawall::media_video {

/// Gives frames, which come in the order of their presentation, times that rise: those of the container where
/// they can be true, repaired ones elsewhere. All in us.
///
/// Missing: one frame length after the last frame. Fallen or standing still: likewise; where it fell by more
/// than kFallMax (a concatenated or wrapped stream), later times are moved along with it. A leap of more than
/// kLeapMax: likewise.
class TimeLine {
 public:
  static constexpr std::int64_t kFallMax = 1'000'000;
  static constexpr std::int64_t kLeapMax = 12LL * 3600 * 1'000'000;
  /// Times beyond this are lies; nothing that is computed with smaller ones overflows.
  static constexpr std::int64_t kTimeMax = std::int64_t{1} << 60;

  struct Placed {
    std::int64_t time_us = 0;
    std::int64_t container_us = 0;
    bool repaired = false;
  };

  /// `start_us`: the container's time of the stream's start, if it says so. `frame_us`: how long a frame
  /// usually lasts, at least 1.
  TimeLine(std::optional<std::int64_t> start_us, std::int64_t frame_us);

  Placed place(std::optional<std::int64_t> container_us);
  /// The container's time at which time_us is 0; 0 before anything is known.
  [[nodiscard]] std::int64_t start_us() const { return start_us_.value_or(0); }

 private:
  Placed repaired();

  std::optional<std::int64_t> start_us_;
  std::int64_t frame_us_;
  std::int64_t shift_us_ = 0;  ///< Added to the container's times since the last leap or fall.
  std::optional<std::int64_t> last_us_;
};

}  // namespace seawall::media_video
