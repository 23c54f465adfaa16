// PDQ from pixels in memory: speed against Meta's reference, against a floor and between backends, and how
// many bits of how many natural pictures differ from the reference.
#include <algorithm>
#include <array>
#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

// libjpeg's header needs <cstdio> before it.
#include <jpeglib.h>

#include "figure.h"
#include "pdq_floor.h"
#include "peer.h"
#include "seawall/fingerprint/detail/fold.h"
#include "seawall/fingerprint/detail/generated_picture.h"
#include "seawall/fingerprint/detail/textbook_pdq.h"
#include "seawall/fingerprint/pdq.h"

namespace seawall::bench {
namespace {

volatile std::uint64_t sink = 0;
void keep(const PdqHash& hash) { sink = sink ^ hash.bits.words[0]; }

using Work = std::function<void()>;

/// Median CPU microseconds of one call of each work, measured in turn: A, B, C, A, B, C...
std::vector<double> alternate(const std::vector<Work>& works, double seconds_each) {
  std::vector<std::vector<double>> times(works.size());
  for (std::size_t w = 0; w < works.size(); ++w) works[w]();
  std::vector<int> calls;
  for (const Work& work : works) {
    const double start = cpu_seconds();
    work();
    calls.push_back(std::max(1, static_cast<int>(0.002 / std::max(1e-7, cpu_seconds() - start))));
  }
  const double end = cpu_seconds() + seconds_each * static_cast<double>(works.size());
  for (int round = 0; round < 5 || (cpu_seconds() < end && round < 400); ++round) {
    for (std::size_t w = 0; w < works.size(); ++w) {
      const double start = cpu_seconds();
      for (int call = 0; call < calls[w]; ++call) works[w]();
      times[w].push_back((cpu_seconds() - start) * 1e6 / calls[w]);
    }
  }
  std::vector<double> medians;
  for (auto& series : times) medians.push_back(median(std::move(series)));
  return medians;
}

struct Shape {
  const char* label;
  int width_px;
  int height_px;
  double ratio_goal;  ///< To the reference; 0: none.
};
constexpr Shape kShapes[] = {{"64x64", 64, 64, 0},         {"512x512", 512, 512, 250},
                             {"1024x768", 1024, 768, 400}, {"1920x1080", 1920, 1080, 0},
                             {"2048x2048", 2048, 2048, 0}, {"12 MP", 4000, 3000, 200}};

std::string goal_text(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return value > 0 ? text : "";
}

PdqHash hash_on(const pdq_detail::Kernels& kernels, const PixelView& view) {
  return hash(kernels, spectrum(kernels, fold(kernels, view)));
}

void time_shape(const Shape& shape, bool json) {
  const testing::PictureRecipe recipe{.seed = 1,
                                      .grid = 24,
                                      .noise = 15,
                                      .width_px = shape.width_px,
                                      .height_px = shape.height_px,
                                      .channels = 3};
  const std::vector<std::uint8_t> bytes = testing::generate_picture(recipe);
  const PixelView view = testing::view_of(bytes, recipe);
  const PdqGrid grid = pdq_grid(view);
  const std::string name = std::string("pdq rgb ") + shape.label;
  std::vector<Work> works = {
      [&] { keep(pdq_hash(view)); },
      [&] {
        sink = sink ^ read_all(bytes.data(), bytes.size());
        keep(pdq_hash(pdq_spectrum(grid)));
      },
  };
  std::vector<const pdq_detail::Kernels*> backends;
  for (const char* backend : {"avx512", "avx2", "portable", "neon"}) {
    if (const auto* kernels = pdq_detail::kernels_named(backend)) backends.push_back(kernels);
  }
  for (const auto* kernels : backends) works.push_back([&, kernels] { keep(hash_on(*kernels, view)); });
  const std::vector<double> us = alternate(works, 0.4);
  // The reference takes hundreds of times longer: it would wash the caches between our turns, which no real
  // use would do for us alone, so it has its own turns.
  double reference = 0;
  if (Peer::instance().pdq_rgb != nullptr) {
    const auto peer_work = [&] {
      std::uint8_t hash[32];
      int quality = 0;
      Peer::instance().pdq_rgb(bytes.data(), view.width_px, view.height_px, view.stride_bytes, hash,
                               &quality);
      sink = sink ^ hash[0];
    };
    reference = alternate({peer_work}, 0.5)[0];
  }
  print({name + ", " + std::string(pdq_backend()) + " against the reference", us[0], reference,
         reference / us[0], "us", goal_text(">= %.0fx", shape.ratio_goal),
         reference / us[0] >= shape.ratio_goal},
        json);
  print({name + " against the floor (pixel read + DCT)", us[0], us[1], us[1] / us[0], "us", ">= 0.5x",
         us[1] / us[0] >= 0.5},
        json);
  for (std::size_t b = 0; b < backends.size(); ++b) {
    const bool goal =
        std::string_view(backends[b]->name) == "avx2" && std::string_view(backends[0]->name) == "avx512";
    if (b == 0) continue;
    print({name + ", " + backends[b]->name + " against " + backends[0]->name, us[2 + b], us[2],
           us[2] / us[2 + b], "us", goal ? ">= 0.4x" : "", us[2] / us[2 + b] >= 0.4},
          json);
  }
}

void time_dihedral(bool json) {
  const testing::PictureRecipe recipe{
      .seed = 1, .grid = 24, .noise = 15, .width_px = 512, .height_px = 512, .channels = 3};
  const std::vector<std::uint8_t> bytes = testing::generate_picture(recipe);
  const PixelView view = testing::view_of(bytes, recipe);
  const PdqSpectrum spectrum = pdq_spectrum(pdq_grid(view));
  const std::vector<double> us =
      alternate({[&] { keep(pdq_hash(spectrum)); }, [&] { keep(pdq_dihedral(spectrum)[7]); }}, 0.3);
  print({"pdq all eight symmetries, extra to one hash", us[1] - us[0], 0, 0, "us", "<= 15",
         us[1] - us[0] <= 15},
        json);
}

/// A decoded photograph, packed RGB.
struct Photo {
  std::vector<std::uint8_t> rgb;
  int width_px = 0;
  int height_px = 0;
};

struct JpegFailure {
  jpeg_error_mgr base;
  std::jmp_buf jump;
};

/// Decoded at 1 / `denominator`. Empty where libjpeg gives up or the picture is not one of colour or gray.
Photo decode_jpeg(const std::filesystem::path& path, int denominator) {
  Photo photo;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return photo;
  jpeg_decompress_struct jpeg{};
  JpegFailure failure{};
  jpeg.err = jpeg_std_error(&failure.base);
  failure.base.error_exit = [](j_common_ptr c) {
    std::longjmp(reinterpret_cast<JpegFailure*>(c->err)->jump, 1);
  };
  if (setjmp(failure.jump) != 0) {
    jpeg_destroy_decompress(&jpeg);
    std::fclose(file);
    return {};
  }
  jpeg_create_decompress(&jpeg);
  jpeg_stdio_src(&jpeg, file);
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = JCS_RGB;
  jpeg.scale_num = 1;
  jpeg.scale_denom = static_cast<unsigned>(denominator);
  jpeg_start_decompress(&jpeg);
  photo.width_px = static_cast<int>(jpeg.output_width);
  photo.height_px = static_cast<int>(jpeg.output_height);
  photo.rgb.resize(std::size_t{3} * jpeg.output_width * jpeg.output_height);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = photo.rgb.data() + std::size_t{3} * jpeg.output_width * jpeg.output_scanline;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  std::fclose(file);
  return photo;
}

/// The reference's answer; the textbook twin's, which is bit-equal to it, where the plugin is absent.
PdqHash reference_hash(const PixelView& view) {
  if (Peer::instance().pdq_rgb == nullptr) return textbook::hash(view);
  std::uint8_t bytes[32];
  PdqHash hash;
  Peer::instance().pdq_rgb(view.data, view.width_px, view.height_px, view.stride_bytes, bytes, &hash.quality);
  for (std::size_t k = 0; k < 32; ++k) {
    hash.bits.words[3 - k / 8] |= std::uint64_t{bytes[k]} << (8 * (7 - k % 8));
  }
  return hash;
}

struct Accuracy {
  int pictures = 0;
  int pictures_good = 0;  ///< With quality 50 or more.
  int equal_good = 0;
  int bits_most_good = 0;
  int bits_most = 0;
  int quality_of_most = 0;
  int quality_differs = 0;

  void add(const PixelView& view) {
    const PdqHash expected = reference_hash(view);
    const PdqHash got = pdq_hash(view);
    const int bits = hamming_distance(expected.bits, got.bits);
    ++pictures;
    quality_differs += expected.quality != got.quality ? 1 : 0;
    if (bits > bits_most) {
      bits_most = bits;
      quality_of_most = expected.quality;
    }
    if (expected.quality < kPdqQualityMin) return;
    ++pictures_good;
    equal_good += bits == 0 ? 1 : 0;
    bits_most_good = std::max(bits_most_good, bits);
  }
};

std::vector<std::filesystem::path> jpeg_files(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && (extension == ".jpg" || extension == ".jpeg"))
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// Whole photographs up to 6 MP, and crops of every size from 20 to 1100 a side out of all of them.
Accuracy measure_accuracy(const std::string& folder, bool full) {
  Accuracy accuracy;
  std::mt19937 random(20261121);
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() && (extension == ".jpg" || extension == ".jpeg"))
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    const Photo photo = decode_jpeg(path, 1);
    if (photo.rgb.empty()) continue;
    const PixelView view{photo.rgb.data(), photo.width_px, photo.height_px,
                         photo.width_px * std::ptrdiff_t{3}, PixelLayout::kRgb24};
    if (full || photo.width_px * photo.height_px <= 6'000'000) accuracy.add(view);
    for (int crop = 0; crop < (full ? 40 : 8); ++crop) {
      const auto side = [&](int most) {
        return std::min(most, static_cast<int>(20 * std::exp(static_cast<double>(random() % 1000) / 250.0)));
      };
      const int width = side(photo.width_px);
      const int height = side(photo.height_px);
      accuracy.add(view.window(
          static_cast<int>(random() % static_cast<unsigned>(photo.width_px - width + 1)),
          static_cast<int>(random() % static_cast<unsigned>(photo.height_px - height + 1)), width, height));
    }
  }
  return accuracy;
}

/// Distances of a shorter way to the exact hash.
struct Distances {
  double sum = 0;
  int most = 0;
  int count = 0;
  void add(const PdqHash& a, const PdqHash& b) {
    const int bits = hamming_distance(a.bits, b.bits);
    sum += bits;
    most = std::max(most, bits);
    ++count;
  }
  void print_as(const std::string& name, const char* goal, double mean_max, bool json) const {
    if (count == 0) return;
    const double mean = sum / count;
    print({name + ", mean of " + std::to_string(count), mean, 0, 0, "bits", goal, mean <= mean_max}, json);
    print({name + ", most", static_cast<double>(most), 0, 0, "bits", "", true}, json);
  }
};

/// libjpeg's own scaled decoding against the full one: projected, and (as a warning) hashed anew.
void print_projection(const std::string& folder, bool json) {
  constexpr double kCellsMin = 5.5;  ///< Least min(W, H) / (64 s) where scaling by s is used.
  std::array<Distances, 3> projected;
  std::array<Distances, 3> anew;
  Distances dialect;
  for (const auto& path : jpeg_files(folder)) {
    const auto view_of = [](const Photo& p) {
      return PixelView{p.rgb.data(), p.width_px, p.height_px, p.width_px * std::ptrdiff_t{3},
                       PixelLayout::kRgb24};
    };
    const Photo full = decode_jpeg(path, 1);
    if (full.rgb.empty()) continue;
    const PdqHash exact = pdq_hash(view_of(full));
    if (exact.quality < kPdqQualityMin) continue;
    if (std::max(full.width_px, full.height_px) > 512)
      dialect.add(pdq_hash_cli_dialect(view_of(full)), exact);
    for (std::size_t k = 0; k < projected.size(); ++k) {
      const int s = 2 << k;
      if (std::min(full.width_px, full.height_px) < kCellsMin * 64 * s) continue;
      const Photo small = decode_jpeg(path, s);
      projected[k].add(pdq_hash(ScaledPicture{view_of(small), full.width_px, full.height_px, s}), exact);
      anew[k].add(pdq_hash(view_of(small)), exact);
    }
  }
  for (std::size_t k = 0; k < projected.size(); ++k) {
    const std::string name = "pdq photos decoded at 1/" + std::to_string(2 << k);
    projected[k].print_as(name + ", projected", "<= 2", 2.0, json);
    anew[k].print_as(name + ", hashed anew", "", 256, json);
  }
  dialect.print_as("pdq command-line dialect against full resolution", "", 256, json);
}

void print_accuracy(const std::string& folder, bool full, bool json) {
  const Accuracy a = measure_accuracy(folder, full);
  if (a.pictures == 0) {
    std::fprintf(stderr, "pdq: no JPEG files in the photo folder: accuracy skipped\n");
    return;
  }
  const double share = 100.0 * a.equal_good / std::max(1, a.pictures_good);
  print({"pdq photos and crops compared", static_cast<double>(a.pictures), 0, 0, "pictures", "", true}, json);
  print({"pdq of quality 50 or more", static_cast<double>(a.pictures_good), 0, 0, "pictures", "", true},
        json);
  print({"pdq equal to the reference, quality 50 or more", share, 0, 0, "%", ">= 99.9", share >= 99.9}, json);
  print({"pdq most bits from the reference, quality 50 or more", static_cast<double>(a.bits_most_good), 0, 0,
         "bits", "<= 2", a.bits_most_good <= 2},
        json);
  print({"pdq most bits from the reference, any quality", static_cast<double>(a.bits_most), 0, 0, "bits", "",
         true},
        json);
  print({"pdq the quality of that picture", static_cast<double>(a.quality_of_most), 0, 0, "", "", true},
        json);
  print({"pdq quality unlike the reference", static_cast<double>(a.quality_differs), 0, 0, "pictures", "0",
         a.quality_differs == 0},
        json);
}

}  // namespace
}  // namespace seawall::bench

int main(int argc, char** argv) {
  bool json = false;
  bool full = false;
  std::string photos;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--json") json = true;
    if (argument == "--full") full = true;
    if (argument == "--photos" && i + 1 < argc) photos = argv[++i];
  }
  for (const auto& shape : seawall::bench::kShapes) seawall::bench::time_shape(shape, json);
  seawall::bench::time_dihedral(json);
  if (photos.empty()) {
    std::fputs("pdq: no --photos folder: accuracy skipped\n", stderr);
    return 0;
  }
  seawall::bench::print_accuracy(photos, full, json);
  seawall::bench::print_projection(photos, json);
  return 0;
}
