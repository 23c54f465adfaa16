#pragma once

#include <span>
#include <vector>

#include "movie.h"

namespace seawall::eval {

/// The movies of one evaluation. Lifetime: they point at the pictures that they were made from.
struct ClipSet {
  std::vector<Movie> listed;
  std::vector<Movie> unlisted;  ///< Hard negatives: nothing but templates is in them that is in `listed`.
};

struct ClipSetOptions {
  int listed = 36;
  int seconds_min = 10;
  int seconds_max = 30;
  int long_seconds = 300;  ///< Of each of two long unlisted videos; 0: none.
};

/// How many pictures make_clip_set() wants, so that nothing is shown in two listed clips.
[[nodiscard]] std::size_t pictures_wanted(const ClipSetOptions& options);
/// `photos`: at least pictures_wanted(), distinct. Every listed clip has photographs of its own; the unlisted
/// ones take turns with 8 to 40 others.
[[nodiscard]] ClipSet make_clip_set(std::span<const Picture> photos, const ClipSetOptions& options);

}  // namespace seawall::eval
