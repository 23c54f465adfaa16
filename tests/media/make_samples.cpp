// Prints src/seawall/media_images/samples.cpp: a tiny file of each format as C++ text, for
// warm_up_image_libraries(). Run by hand when a format is added: media_make_samples > .../samples.cpp
#include <cstdio>
#include <string_view>
#include <vector>

#include "encoders.h"

namespace {

using seawall::test::Bytes;

void print_array(std::string_view name, const Bytes& file) {
  std::printf("constexpr std::array<std::uint8_t, %zu> k%.*s = {", file.size(), static_cast<int>(name.size()),
              name.data());
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::printf("%s0x%02x,", i % 16 == 0 ? "\n    " : " ", std::to_integer<unsigned>(file[i]));
  }
  std::printf("\n};\n\n");
}

}  // namespace

int main() {
  namespace t = seawall::test;
  const t::Picture p = t::make_picture(16, 16, 3);
  const std::vector<t::Picture> one{p};
  const std::vector<t::GifFrame> frame{t::gif_frame_of(t::make_picture(8, 8, 3))};
  const std::vector<std::pair<std::string_view, Bytes>> samples = {
      {"Jpeg", t::encode_jpeg(p, {.quality = 50, .progressive = true})},
      {"Png", t::encode_png(t::make_picture(8, 8, 4))},
      {"Webp", t::encode_webp(p, {.lossless = false})},
      {"WebpLossless", t::encode_webp(t::make_picture(8, 8, 4))},
      {"Gif", t::encode_gif(8, 8, frame)},
      {"Hevc", t::encode_heif(t::make_picture(64, 64, 3), t::HeifCodec::kHevc, false)},
      {"Avif", t::encode_heif(p, t::HeifCodec::kAv1, false)},
      {"Jxl", t::encode_jxl(p, {.lossless = false})},
      {"JxlLossless", t::encode_jxl(t::make_picture(8, 8, 4))},
      {"Tiff", t::encode_tiff(one, {.compression = 5})},
      {"Bmp", t::encode_bmp(t::make_picture(4, 4, 3))},
      {"Pnm", t::encode_pnm(t::make_picture(4, 4, 3))},
  };
  std::printf(
      "// Written by tests/media/make_samples.cpp. Generated patterns, a few hundred bytes a format.\n");
  std::printf(
      "// clang-format off\n#include \"seawall/media_images/detail/samples.h\"\n\n#include <array>\n\n");
  std::printf("namespace seawall::media_images {\nnamespace {\n\n");
  for (const auto& [name, file] : samples) print_array(name, file);
  std::printf("constexpr std::array<std::span<const std::uint8_t>, %zu> kSamples = {", samples.size());
  for (const auto& [name, file] : samples)
    std::printf("\n    k%.*s,", static_cast<int>(name.size()), name.data());
  std::printf(
      "};\n\n}  // namespace\n\nstd::span<const std::span<const std::uint8_t>> samples() { return kSamples; "
      "}\n\n");
  std::printf("}  // namespace seawall::media_images\n");
}
