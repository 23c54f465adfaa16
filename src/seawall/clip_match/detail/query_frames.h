#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/video_print/timed_hash.h"

namespace seawall::clip_detail {

/// The hashes of one moment of the query.
struct QueryFrame {
  std::int64_t time_us = 0;
  std::uint32_t first = 0;  ///< Its hashes are hashes[first] to before hashes[last].
  std::uint32_t last = 0;
  bool common = false;

  [[nodiscard]] std::int64_t time_ms() const { return time_us / 1000; }
};

/// A query made ready: hashes by time, grouped into frames. Views what it is made of.
struct Query {
  std::span<const TimedHash> hashes;  ///< By time.
  std::vector<bool> usable;           ///< Good and not benign.
  std::vector<QueryFrame> frames;
  std::vector<std::uint32_t> frame_of;  ///< Of each hash.
};

/// `hashes` must be by time.
[[nodiscard]] Query query_of(std::span<const TimedHash> hashes, std::vector<bool> usable);

}  // namespace seawall::clip_detail
