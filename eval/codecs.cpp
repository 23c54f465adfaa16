#include "codecs.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
// jpeglib.h needs <cstdio> before it.
#include <jpeglib.h>
#include <webp/decode.h>
#include <webp/encode.h>

namespace seawall::eval {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "eval: %s\n", what);
  std::exit(4);
}

}  // namespace

std::vector<std::byte> to_jpeg(const Picture& picture, int quality) {
  jpeg_compress_struct compressor{};
  jpeg_error_mgr errors{};
  compressor.err = jpeg_std_error(&errors);  // Its error_exit ends the program, as documented.
  jpeg_create_compress(&compressor);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's own type
  jpeg_mem_dest(&compressor, &buffer, &size);
  compressor.image_width = static_cast<JDIMENSION>(picture.width_px);
  compressor.image_height = static_cast<JDIMENSION>(picture.height_px);
  compressor.input_components = 3;
  compressor.in_color_space = JCS_RGB;
  jpeg_set_defaults(&compressor);
  jpeg_set_quality(&compressor, quality, TRUE);
  jpeg_start_compress(&compressor, TRUE);
  while (compressor.next_scanline < compressor.image_height) {
    auto* row = const_cast<JSAMPLE*>(picture.at(0, static_cast<int>(compressor.next_scanline)));
    jpeg_write_scanlines(&compressor, &row, 1);
  }
  jpeg_finish_compress(&compressor);
  std::vector<std::byte> bytes(size);
  std::memcpy(bytes.data(), buffer, size);
  jpeg_destroy_compress(&compressor);
  std::free(buffer);
  return bytes;
}

Picture through_jpeg(const Picture& picture, int quality) {
  const std::vector<std::byte> bytes = to_jpeg(picture, quality);
  jpeg_decompress_struct decompressor{};
  jpeg_error_mgr errors{};
  decompressor.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&decompressor);
  jpeg_mem_src(&decompressor, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&decompressor, TRUE);
  decompressor.out_color_space = JCS_RGB;
  jpeg_start_decompress(&decompressor);
  Picture result(picture.width_px, picture.height_px, {});
  while (decompressor.output_scanline < decompressor.output_height) {
    JSAMPLE* row = result.at(0, static_cast<int>(decompressor.output_scanline));
    jpeg_read_scanlines(&decompressor, &row, 1);
  }
  jpeg_finish_decompress(&decompressor);
  jpeg_destroy_decompress(&decompressor);
  return result;
}

Picture through_webp(const Picture& picture, int quality) {
  std::uint8_t* encoded = nullptr;
  const std::size_t size = WebPEncodeRGB(picture.rgb.data(), picture.width_px, picture.height_px,
                                         picture.width_px * 3, static_cast<float>(quality), &encoded);
  if (size == 0) give_up("libwebp could not encode a picture");
  Picture result(picture.width_px, picture.height_px, {});
  if (WebPDecodeRGBInto(encoded, size, result.rgb.data(), result.rgb.size(), result.width_px * 3) ==
      nullptr) {
    give_up("libwebp could not decode what it encoded");
  }
  WebPFree(encoded);
  return result;
}

}  // namespace seawall::eval
