// jpeglib.h wants <cstdio> before it.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include "media_files.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "../tests/media/encoders.h"
#include "seawall/fingerprint/pdq.h"
#include "seawall/media_images/images_decoder.h"

namespace seawall::bench {
namespace {

constexpr std::size_t kFilesMax = 400;
constexpr int kSideMin = 400;
constexpr int kAlikeBits = 60;

test::Bytes read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

std::vector<std::filesystem::path> picture_files(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    const std::string kind = entry.path().extension().string();
    const bool known = kind == ".jpg" || kind == ".jpeg" || kind == ".png" || kind == ".webp";
    if (known && entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

test::Picture rgb_of(const Frame& frame) {
  test::Picture p{frame.pixels.width_px, frame.pixels.height_px, 3, {}};
  const bool gray = frame.pixels.layout == PixelLayout::kGray8;
  for (int y = 0; y < p.height; ++y) {
    const std::uint8_t* row = frame.pixels.data + y * frame.pixels.stride_bytes;
    if (!gray) p.samples.insert(p.samples.end(), row, row + p.width * 3);
    for (int x = 0; gray && x < p.width; ++x) p.samples.insert(p.samples.end(), 3, row[x]);
  }
  return p;
}

/// Whole blocks averaged, so that the bilinear step below never skips pixels.
test::Picture halved(const test::Picture& p) {
  test::Picture out{p.width / 2, p.height / 2, 3, {}};
  out.samples.reserve(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const int sum = p.samples[p.at(2 * x, 2 * y, c)] + p.samples[p.at(2 * x + 1, 2 * y, c)] +
                        p.samples[p.at(2 * x, 2 * y + 1, c)] + p.samples[p.at(2 * x + 1, 2 * y + 1, c)];
        out.samples.push_back(static_cast<std::uint8_t>((sum + 2) / 4));
      }
    }
  }
  return out;
}

}  // namespace

std::vector<test::Picture> load_pictures(const std::string& folder, std::size_t count_max) {
  std::vector<test::Picture> pictures;
  std::vector<PdqHash> hashes;
  ImagesDecoder decoder;
  std::size_t read = 0;
  for (const auto& path : folder.empty() ? std::vector<std::filesystem::path>{} : picture_files(folder)) {
    if (pictures.size() >= count_max || ++read > kFilesMax) break;
    (void)decoder.decode(read_file(path), {.limits = {}, .exact = true}, [&](const Frame& frame) {
      if (std::min(frame.pixels.width_px, frame.pixels.height_px) < kSideMin || frame.index > 0) return;
      const PdqGrid grid = pdq_grid(frame.pixels);
      const PdqSpectrum spectrum = pdq_spectrum(grid);
      if (spectrum.quality < 50) return;
      const PdqHash hash = pdq_hash(spectrum);
      if (std::ranges::any_of(
              hashes, [&](const PdqHash& h) { return hamming_distance(h.bits, hash.bits) < kAlikeBits; }))
        return;
      hashes.push_back(hash);
      pictures.push_back(rgb_of(frame));
    });
  }
  for (unsigned seed = 1; pictures.empty() || (folder.empty() && pictures.size() < count_max); ++seed) {
    pictures.push_back(test::make_picture(1600, 1200, 3, seed));
  }
  return pictures;
}

test::Picture fill(const test::Picture& picture, int width, int height) {
  test::Picture p = picture;
  while (p.width >= 2 * width && p.height >= 2 * height) p = halved(p);
  const double scale = std::max(static_cast<double>(width) / p.width, static_cast<double>(height) / p.height);
  test::Picture out{width, height, 3, {}};
  out.samples.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (int y = 0; y < height; ++y) {
    const double v = std::clamp((y + 0.5) / scale - 0.5, 0.0, p.height - 1.001);
    const int y0 = static_cast<int>(v);
    for (int x = 0; x < width; ++x) {
      const double u = std::clamp((x + 0.5) / scale - 0.5, 0.0, p.width - 1.001);
      const int x0 = static_cast<int>(u);
      for (int c = 0; c < 3; ++c) {
        const double top =
            p.samples[p.at(x0, y0, c)] * (x0 + 1 - u) + p.samples[p.at(x0 + 1, y0, c)] * (u - x0);
        const double low =
            p.samples[p.at(x0, y0 + 1, c)] * (x0 + 1 - u) + p.samples[p.at(x0 + 1, y0 + 1, c)] * (u - x0);
        out.samples.push_back(static_cast<std::uint8_t>(std::lround(top * (y0 + 1 - v) + low * (v - y0))));
      }
    }
  }
  return out;
}

std::vector<test::Bytes> jpegs(const std::vector<test::Picture>& pictures, int width, int height,
                               bool progressive, std::size_t count_max) {
  std::vector<test::Bytes> files;
  for (std::size_t i = 0; i < std::min(count_max, pictures.size()); ++i) {
    files.push_back(
        test::encode_jpeg(fill(pictures[i], width, height), {.quality = 88, .progressive = progressive}));
  }
  return files;
}

std::size_t plain_rgb_decode(const test::Bytes& file) {
  static std::vector<std::uint8_t> pixels;
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(file.data()),
               static_cast<unsigned long>(file.size()));
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_RGB;
  jpeg_start_decompress(&info);
  const std::size_t row_bytes = std::size_t{info.output_width} * 3;
  if (pixels.size() < row_bytes * info.output_height) pixels.resize(row_bytes * info.output_height);
  while (info.output_scanline < info.output_height) {
    std::array<JSAMPROW, 16> rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i] =
          pixels.data() + std::min<std::size_t>(info.output_scanline + i, info.output_height - 1) * row_bytes;
    }
    jpeg_read_scanlines(&info, rows.data(), std::min(16U, info.output_height - info.output_scanline));
  }
  const std::size_t count = std::size_t{info.output_width} * info.output_height;
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return count;
}

}  // namespace seawall::bench
