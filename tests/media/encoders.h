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

struct WebpShape {
  bool lossless = true;
  int orientation = 0;  ///< 0: no EXIF chunk.
};
Bytes encode_webp(const Picture& rgb_or_rgba, const WebpShape& shape = {});
/// One frame a picture, each shown 40 ms.
Bytes encode_animated_webp(std::span<const Picture> frames);

/// A frame of a GIF: a rectangle of palette indices, with how it is disposed of.
struct GifFrame {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> indices;
  int disposal = 0;
  int transparent = -1;
  bool interlaced = false;
};
/// The palette of every test GIF: the 6 x 6 x 6 cube, then black.
Bytes encode_gif(int width, int height, std::span<const GifFrame> frames);
/// A frame that shows the whole picture, in the cube's colours.
GifFrame gif_frame_of(const Picture& rgb);

/// kHevc needs libx265, kAv1 libaom; both come with Debian's libheif.
enum class HeifCodec { kHevc, kAv1 };
/// `orientation`: as EXIF counts, written as irot and imir.
Bytes encode_heif(const Picture& rgb_or_rgba, HeifCodec codec, bool lossless = true, int orientation = 1);

struct JxlShape {
  bool lossless = true;
  int bits = 8;         ///< 8, or 16: the low byte is then noise.
  int orientation = 1;  ///< In the header.
};
Bytes encode_jxl(const Picture& picture, const JxlShape& shape = {});
Bytes encode_animated_jxl(std::span<const Picture> frames);

struct TiffShape {
  int bits = 8;         ///< 8, or 16: the low byte is then noise.
  int compression = 1;  ///< A COMPRESSION_ value of libtiff; 1 is none.
  int orientation = 1;
  bool tiled = false;
};
/// One page a picture.
Bytes encode_tiff(std::span<const Picture> pages, const TiffShape& shape = {});

/// 24 bits a pixel, or 8 with a gray palette; written by hand. Negative height where `top_down`.
Bytes encode_bmp(const Picture& picture, bool top_down = false);
/// P5 or P6; with `bits` 16 the low byte is noise. `ascii`: P2 or P3.
Bytes encode_pnm(const Picture& picture, int bits = 8, bool ascii = false);

}  // namespace seawall::test
