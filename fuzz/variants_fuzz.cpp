// Property: for any pixels of any size every variant's window lies inside the picture and passes the quality
// gate.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "seawall/match/signals.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const seawall::FrameSignals& signals) {
  constexpr float kSlack = 1e-3F;
  for (const seawall::VariantHash& hash : signals.variants) {
    const seawall::VariantWindow& window = hash.variant.window;
    require(window.x >= -kSlack && window.y >= -kSlack);
    require(window.x + window.width <= 1 + kSlack && window.y + window.height <= 1 + kSlack);
    require(hash.hash.quality >= seawall::kPdqQualityMin && hash.hash.quality <= 100);
    require(!hash.variant.name().empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const int width = 1 + data[0];
  const int height = 1 + data[1];
  constexpr seawall::PixelLayout kLayouts[] = {seawall::PixelLayout::kGray8, seawall::PixelLayout::kRgb24,
                                               seawall::PixelLayout::kRgbx32};
  const seawall::PixelLayout layout = kLayouts[data[2] % 3];
  const int bytes = seawall::bytes_per_pixel(layout);
  // The input's bytes over and over: a few seeds make bars, stripes and noise of every size.
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width * bytes) *
                                   static_cast<std::size_t>(height));
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = data[3 + i % (size - 3)];
  const seawall::PixelView view{pixels.data(), width, height, static_cast<std::ptrdiff_t>(width) * bytes,
                                layout};
  for (const auto side : {seawall::VariantSide::kQuery, seawall::VariantSide::kStored}) {
    check(seawall::frame_signals_of(view, seawall::VariantProfile::kThorough, side));
  }
  return 0;
}
