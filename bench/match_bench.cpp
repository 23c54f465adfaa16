// What each profile of variants costs a picture, beside plain PDQ of the same decoded pixels.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "figure.h"
#include "seawall/match/detail/test_pictures.h"
#include "seawall/match/signals.h"

namespace seawall::bench {
namespace {

struct Shape {
  const char* label;
  int width_px;
  int height_px;
};

/// An RGB picture with the spectrum of a photograph; `bar_px` rows of black above and below.
std::vector<std::uint8_t> rgb_picture(const Shape& shape, int bar_px) {
  const test::GrayPicture gray = test::natural_picture(7, shape.width_px, shape.height_px);
  std::vector<std::uint8_t> rgb;
  rgb.reserve(gray.luma.size() * 3);
  for (int y = 0; y < shape.height_px; ++y) {
    const bool is_bar = y < bar_px || y >= shape.height_px - bar_px;
    for (int x = 0; x < shape.width_px; ++x)
      rgb.insert(rgb.end(), 3, is_bar ? std::uint8_t{0} : gray.at(x, y));
  }
  return rgb;
}

double microseconds_of(const PixelView& pixels, VariantProfile profile, VariantSide side, int calls) {
  const double start = cpu_seconds();
  for (int i = 0; i < calls; ++i) {
    if (frame_signals_of(pixels, profile, side).variants.empty()) std::puts("no hash: the figure is wrong");
  }
  return (cpu_seconds() - start) * 1e6 / calls;
}

struct Case {
  const char* name;
  VariantProfile profile;
  VariantSide side;
};

/// Plain and each profile in turn: A, B, C, A, B, C...
void measure(const Shape& shape, int bar_px, const char* what, bool json) {
  const std::vector<std::uint8_t> rgb = rgb_picture(shape, bar_px);
  const PixelView pixels{rgb.data(), shape.width_px, shape.height_px, shape.width_px * 3L,
                         PixelLayout::kRgb24};
  const Case cases[] = {{"plain", VariantProfile::kNone, VariantSide::kQuery},
                        {"default query", VariantProfile::kDefault, VariantSide::kQuery},
                        {"default stored", VariantProfile::kDefault, VariantSide::kStored},
                        {"thorough query", VariantProfile::kThorough, VariantSide::kQuery},
                        {"thorough stored", VariantProfile::kThorough, VariantSide::kStored}};
  std::vector<std::vector<double>> times(std::size(cases));
  for (int round = 0; round < 9; ++round) {
    for (std::size_t i = 0; i < std::size(cases); ++i) {
      const int calls = cases[i].profile == VariantProfile::kThorough ? 2 : 20;
      times[i].push_back(microseconds_of(pixels, cases[i].profile, cases[i].side, calls));
    }
  }
  const double plain = median(times[0]);
  for (std::size_t i = 1; i < std::size(cases); ++i) {
    Figure figure;
    figure.name = std::string("match ") + shape.label + what + ", " + cases[i].name;
    figure.ours = median(times[i]);
    figure.peer = plain;
    figure.ratio = plain / figure.ours;
    figure.unit = "us";
    print(figure, json);
  }
}

}  // namespace
}  // namespace seawall::bench

int main(int argc, char** argv) {
  bool json = false;
  for (int i = 1; i < argc; ++i) json = json || std::strcmp(argv[i], "--json") == 0;
  using seawall::bench::measure;
  using seawall::bench::Shape;
  for (const Shape& shape : {Shape{"320x240", 320, 240}, Shape{"512x512", 512, 512},
                             Shape{"1024x768", 1024, 768}, Shape{"1920x1080", 1920, 1080}}) {
    measure(shape, 0, "", json);
  }
  measure(Shape{"1024x768", 1024, 768}, 96, " letterboxed", json);
  return 0;
}
