#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "seawall/stream_poll/detail/listing.h"

namespace seawall {

/// Tells what is new in each listing of a live stream: what follows what was seen, what was lost between, and
/// when the source began anew. A listing that is a little behind (caches differ) is not a restart: one is
/// where a position known before has another segment, where the line stays behind for three target durations,
/// or where it is far behind twice in a row. Threads: one. Memory: kRemembered small records.
class SegmentLine {
 public:
  static constexpr std::size_t kRemembered = 128;

  struct News {
    std::size_t first = 0;   ///< The listing's segments from here on are new; its size: none are.
    std::uint64_t lost = 0;  ///< Missing between what was seen and the first new one.
    bool restarted = false;
  };

  /// `first_segments`: how many of the newest to begin with; 0: all.
  News take(const Listing& listing, Time now, std::size_t first_segments);

 private:
  struct Known {
    std::int64_t position = 0;
    std::size_t identity = 0;
    std::optional<Time> program_time;
  };

  [[nodiscard]] bool contradicts(const Listing& listing) const;
  [[nodiscard]] bool stays_behind(const Listing& listing, Time now);
  void remember(const Listing& listing, std::size_t first);

  std::optional<std::int64_t> next_;
  std::deque<Known> known_;
  std::optional<Time> behind_since_;
  int far_behind_ = 0;
};

}  // namespace seawall
