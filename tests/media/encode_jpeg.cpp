// jpeglib.h wants <cstdio> before it.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "encoders.h"

namespace seawall::test {
namespace {

[[noreturn]] void on_error(j_common_ptr) { throw std::runtime_error("libjpeg cannot encode"); }

/// Adobe's inverted CMYK: 255 is no ink. Black is taken as the largest common part.
std::vector<std::uint8_t> to_inverted_cmyk(const Picture& rgb) {
  std::vector<std::uint8_t> cmyk;
  for (std::size_t i = 0; i + 2 < rgb.samples.size(); i += 3) {
    const int k = std::max({rgb.samples[i], rgb.samples[i + 1], rgb.samples[i + 2], std::uint8_t{1}});
    for (std::size_t c = 0; c < 3; ++c) {
      cmyk.push_back(static_cast<std::uint8_t>((rgb.samples[i + c] * 255 + k / 2) / k));
    }
    cmyk.push_back(static_cast<std::uint8_t>(k));
  }
  return cmyk;
}

void set_shape(jpeg_compress_struct& info, const JpegShape& shape) {
  jpeg_set_defaults(&info);
  if (shape.adobe_cmyk) jpeg_set_colorspace(&info, shape.ycck ? JCS_YCCK : JCS_CMYK);
  jpeg_set_quality(&info, shape.quality, TRUE);
  if (!shape.subsampled && info.num_components >= 3) {
    for (int i = 0; i < info.num_components; ++i)
      info.comp_info[i].h_samp_factor = info.comp_info[i].v_samp_factor = 1;
  }
  if (shape.progressive) jpeg_simple_progression(&info);
}

}  // namespace

Bytes encode_jpeg(const Picture& picture, const JpegShape& shape) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  errors.error_exit = on_error;
  jpeg_create_compress(&info);
  unsigned char* out = nullptr;
  unsigned long out_bytes = 0;
  jpeg_mem_dest(&info, &out, &out_bytes);
  info.image_width = static_cast<unsigned>(picture.width);
  info.image_height = static_cast<unsigned>(picture.height);
  info.input_components = shape.adobe_cmyk ? 4 : picture.channels;
  info.in_color_space = shape.adobe_cmyk ? JCS_CMYK : picture.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  set_shape(info, shape);
  jpeg_start_compress(&info, TRUE);
  if (shape.orientation != 0) {
    Bytes marker;
    for (const char c : {'E', 'x', 'i', 'f', '\0', '\0'}) marker.push_back(static_cast<std::byte>(c));
    const Bytes block = exif_block(shape.orientation, shape.orientation % 2 == 0);
    marker.insert(marker.end(), block.begin(), block.end());
    jpeg_write_marker(&info, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(marker.data()),
                      static_cast<unsigned>(marker.size()));
  }
  std::vector<std::uint8_t> samples = shape.adobe_cmyk ? to_inverted_cmyk(picture) : picture.samples;
  const std::size_t row_bytes = samples.size() / static_cast<std::size_t>(picture.height);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = samples.data() + info.next_scanline * row_bytes;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  const auto* first = reinterpret_cast<const std::byte*>(out);
  Bytes file(first, first + out_bytes);
  std::free(out);
  return file;
}

}  // namespace seawall::test
