#pragma once

#include <span>

#include "picture.h"

// Writes test files with the formats' own libraries. A failure of a library throws std::runtime_error.
namespace seawall::test {

struct JpegShape {
  int quality = 95;
  bool progressive = false;
  bool subsampled = true;   ///< 4:2:0; else 4:4:4.
  bool adobe_cmyk = false;  ///< Inverted CMYK (or YCCK) with an Adobe marker; RGB input.
  bool ycck = false;
  int orientation = 0;  ///< 0: no EXIF.
};
Bytes encode_jpeg(const Picture& picture, const JpegShape& shape = {});

struct PngShape {
  bool interlaced = false;
  int bit_depth = 8;     ///< 8, or 16: the low byte is then noise.
  bool palette = false;  ///< Colours cut to a 6 x 6 x 6 cube: compare with to_cube().
  int orientation = 0;   ///< 0: no eXIf.
};
Bytes encode_png(const Picture& picture, const PngShape& shape = {});
/// The picture in the 6 x 6 x 6 colour cube.
Picture to_cube(const Picture& rgb);

}  // namespace seawall::test
