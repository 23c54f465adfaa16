#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "../tests/media/picture.h"

namespace seawall::bench {

/// Natural pictures to measure on, RGB, no two alike, at least 400 pixels a side and at most 12 MP.
/// Reads the JPEG, PNG and WebP files below `folder` (at most 400 of them, in name order); makes `count_max`
/// generated ones when that is empty.
std::vector<test::Picture> load_pictures(const std::string& folder, std::size_t count_max);

/// The picture scaled (bilinear, after averaging whole blocks where it shrinks) and cut to fill width x
/// height.
test::Picture fill(const test::Picture& picture, int width, int height);

/// JPEG files of one size and kind, one from each picture.
std::vector<test::Bytes> jpegs(const std::vector<test::Picture>& pictures, int width, int height,
                               bool progressive, std::size_t count_max);

/// Full RGB decode by libjpeg-turbo alone, row by row into one buffer that is reused: the peer.
/// Returns the number of pixels, so that nothing is optimised away.
std::size_t plain_rgb_decode(const test::Bytes& file);

}  // namespace seawall::bench
