#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "picture.h"
#include "seawall/media/decoder.h"

namespace seawall::eval {

struct PhotoOptions {
  std::size_t every = 1;      ///< Takes every n-th file in the order of paths.
  int longer_side_px = 1024;  ///< Larger ones are shrunk to this, so that an evaluation takes minutes.
};

/// The photographs under `folder`: the first frame of each file. Files that do not decode, or whose smaller
/// side is under 64 pixels, are passed over.
[[nodiscard]] std::vector<Picture> load_photos(MediaDecoder& decoder, const std::filesystem::path& folder,
                                               const PhotoOptions& options);

}  // namespace seawall::eval
