#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "seawall/model/entry.h"
#include "seawall/video_print/dense_print.h"
#include "seawall/video_print/tmk.h"

namespace seawall::list_clips_detail {

/// What of a TMK print level 1 needs, and what must be equal for two to be compared.
struct TmkHead {
  std::vector<float> average;
  std::vector<std::int32_t> periods;
  std::size_t coefficients = 0;
  std::int32_t frames_per_second = 0;
};
[[nodiscard]] TmkHead head_of(const TmkPrint& print);
/// Cosine of the averages, as tmk_compare() has it; nothing passes where the parameters differ: -1.
[[nodiscard]] double level1(const TmkHead& a, const TmkHead& b);

/// The videos that an entry carries, read.
struct EntryVideos {
  struct Print {
    DensePrint print;
    bool sampled = false;
  };
  std::vector<Print> prints;
  std::vector<TmkHead> tmk;
  std::size_t unusable = 0;   ///< Signals that cannot be read.
  std::uint64_t content = 0;  ///< Tells whether they have become others.
};

/// Nothing that cannot be read is an error: it is counted.
[[nodiscard]] EntryVideos videos_of(const EntrySignals& signals);
/// EntryVideos::content without reading them.
[[nodiscard]] std::uint64_t content_of(const EntrySignals& signals);

}  // namespace seawall::list_clips_detail
