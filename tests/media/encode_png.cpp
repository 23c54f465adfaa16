#include <png.h>

#include <array>
#include <stdexcept>

#include "encoders.h"

namespace seawall::test {
namespace {

[[noreturn]] void on_error(png_structp, png_const_charp message) { throw std::runtime_error(message); }
void on_warning(png_structp, png_const_charp) {}
void on_write(png_structp png, png_bytep data, std::size_t bytes) {
  auto* file = static_cast<Bytes*>(png_get_io_ptr(png));
  const auto* first = reinterpret_cast<const std::byte*>(data);
  file->insert(file->end(), first, first + bytes);
}

int colour_type_of(const Picture& picture, const PngShape& shape) {
  if (shape.palette) return PNG_COLOR_TYPE_PALETTE;
  switch (picture.channels) {
    case 1:
      return PNG_COLOR_TYPE_GRAY;
    case 2:
      return PNG_COLOR_TYPE_GRAY_ALPHA;
    case 3:
      return PNG_COLOR_TYPE_RGB;
    default:
      return PNG_COLOR_TYPE_RGB_ALPHA;
  }
}

unsigned cube_step(unsigned value) { return (value + 25) / 51; }

void set_palette(png_structp png, png_infop info) {
  std::array<png_color, 216> colours{};
  for (unsigned i = 0; i < 216; ++i) {
    colours[i] = {static_cast<png_byte>(i / 36 * 51), static_cast<png_byte>(i / 6 % 6 * 51),
                  static_cast<png_byte>(i % 6 * 51)};
  }
  png_set_PLTE(png, info, colours.data(), 216);
}

/// The rows as the file holds them: palette indices, or 16-bit samples with noise in the low byte.
std::vector<std::uint8_t> rows_of(const Picture& picture, const PngShape& shape) {
  std::vector<std::uint8_t> rows;
  if (shape.palette) {
    for (std::size_t i = 0; i + 2 < picture.samples.size(); i += 3) {
      rows.push_back(static_cast<std::uint8_t>(cube_step(picture.samples[i]) * 36 +
                                               cube_step(picture.samples[i + 1]) * 6 +
                                               cube_step(picture.samples[i + 2])));
    }
    return rows;
  }
  if (shape.bit_depth == 8) return picture.samples;
  for (std::size_t i = 0; i < picture.samples.size(); ++i) {
    rows.push_back(picture.samples[i]);
    rows.push_back(static_cast<std::uint8_t>(i * 37));
  }
  return rows;
}

}  // namespace

Picture to_cube(const Picture& rgb) {
  Picture cube = rgb;
  for (std::uint8_t& s : cube.samples) s = static_cast<std::uint8_t>(cube_step(s) * 51);
  return cube;
}

Bytes encode_png(const Picture& picture, const PngShape& shape) {
  Bytes file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, on_error, on_warning);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &file, on_write, nullptr);
  png_set_IHDR(png, info, static_cast<unsigned>(picture.width), static_cast<unsigned>(picture.height),
               shape.bit_depth, colour_type_of(picture, shape),
               shape.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (shape.palette) set_palette(png, info);
  Bytes exif;
  if (shape.orientation != 0) {
    exif = exif_block(shape.orientation, shape.orientation % 2 == 0);
    png_set_eXIf_1(png, info, static_cast<unsigned>(exif.size()), reinterpret_cast<png_bytep>(exif.data()));
  }
  png_write_info(png, info);
  std::vector<std::uint8_t> rows = rows_of(picture, shape);
  const std::size_t row_bytes = rows.size() / static_cast<std::size_t>(picture.height);
  std::vector<png_bytep> pointers;
  for (int y = 0; y < picture.height; ++y)
    pointers.push_back(rows.data() + static_cast<std::size_t>(y) * row_bytes);
  png_write_image(png, pointers.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

}  // namespace seawall::test
