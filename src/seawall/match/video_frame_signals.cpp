#include "seawall/match/video_frame_signals.h"

#include <algorithm>
#include <array>
#include <optional>

#include "seawall/match/detail/trim.h"

namespace seawall {
namespace {

using detail::PixelRect;

constexpr int kSmallSidePx = 320;  ///< As of pictures: under this, each symmetry is hashed from the planes.

/// The turn that each symmetry stands for, as TurnedPixels makes it.
constexpr std::array<Orientation, kDihedralCount> kTurns = {
    Orientation{false, 0},  // original
    Orientation{false, 3},  // rotate90: counter-clockwise
    Orientation{false, 2},  // rotate180
    Orientation{false, 1},  // rotate270
    Orientation{true, 2},   // flip_x: about the x axis
    Orientation{true, 0},   // flip_y
    Orientation{true, 3},   // flip_plus_1: rows become columns
    Orientation{true, 1},   // flip_minus_1
};

/// First `a`, then `b`: a mirror turns what was turned before it the other way.
Orientation then(Orientation a, Orientation b) {
  const int turns = b.mirrored ? b.quarter_turns - a.quarter_turns + 4 : a.quarter_turns + b.quarter_turns;
  return {a.mirrored != b.mirrored, static_cast<std::uint8_t>(turns % 4)};
}

/// The part of `planes` in `rect`, drawn in to whole samples of chroma.
std::optional<YccView> window_of(const YccView& planes, const PixelRect& rect) {
  const int x_step = planes.cb != nullptr ? 1 << planes.chroma_h_shift : 1;
  const int y_step = planes.cb != nullptr ? 1 << planes.chroma_v_shift : 1;
  const int x = (rect.x + x_step - 1) / x_step * x_step;
  const int y = (rect.y + y_step - 1) / y_step * y_step;
  YccView window = planes;
  window.width_px = rect.x + rect.width_px - x;
  window.height_px = rect.y + rect.height_px - y;
  if (window.width_px < 8 || window.height_px < 8) return std::nullopt;
  window.y += y * planes.y_stride_bytes + x;
  if (planes.cb != nullptr) {
    const std::ptrdiff_t chroma = y / y_step * planes.chroma_stride_bytes + x / x_step;
    window.cb += chroma;
    window.cr += chroma;
  }
  return window;
}

/// `rect` of the stored picture as fractions of the upright one.
VariantWindow upright_fractions(const PixelRect& rect, const YccView& planes, Orientation orientation) {
  const auto width = static_cast<float>(planes.width_px);
  const auto height = static_cast<float>(planes.height_px);
  VariantWindow window{static_cast<float>(rect.x) / width, static_cast<float>(rect.y) / height,
                       static_cast<float>(rect.width_px) / width,
                       static_cast<float>(rect.height_px) / height};
  if (orientation.mirrored) window.x = 1 - window.x - window.width;
  for (int turn = 0; turn < orientation.quarter_turns; ++turn) {
    window = {1 - window.y - window.height, window.x, window.height, window.width};
  }
  return window;
}

class FrameVariants {
 public:
  FrameVariants(const VideoFrame& frame, VariantProfile profile, VariantSide side)
      : frame_(frame), profile_(profile), side_(side) {}

  FrameSignals take() && { return std::move(signals_); }

  void add_original() { signals_.pdq = add_whole(Variant{}, frame_.planes); }

  void add_trimmed() {
    const YccView& planes = frame_.planes;
    const PixelView luma{planes.y, planes.width_px, planes.height_px, planes.y_stride_bytes,
                         PixelLayout::kGray8};
    const auto trim = detail::find_trim(luma);
    if (!trim) return;
    add_trim(*trim);
    if (const auto symmetric = detail::symmetric_trim(luma, *trim)) add_trim(*symmetric);
  }

 private:
  void add_trim(const PixelRect& rect) {
    const auto window = window_of(frame_.planes, rect);
    if (!window) return;
    Variant variant;
    variant.kind = VariantKind::kTrim;
    variant.window = upright_fractions(rect, frame_.planes, frame_.orientation);
    add_whole(variant, *window);
  }

  void add(const Variant& variant, const PdqHash& hash) {
    if (hash.quality >= kPdqQualityMin) signals_.variants.push_back({variant, hash});
  }

  /// Returns the hash of `planes` as they are, upright.
  PdqHash add_whole(Variant variant, const YccView& planes) {
    const PdqSpectrum spectrum = pdq_spectrum(pdq_grid_linear(planes, frame_.orientation));
    const PdqHash plain = pdq_hash(spectrum);
    add(variant, plain);
    const bool is_turned = side_ == VariantSide::kQuery && profile_ != VariantProfile::kNone;
    if (!is_turned || plain.quality < kPdqQualityMin) return plain;
    const bool is_small = std::min(planes.width_px, planes.height_px) < kSmallSidePx;
    const auto turned = is_small ? std::array<PdqHash, kDihedralCount>{} : pdq_dihedral(spectrum);
    for (std::size_t i = 1; i < kDihedralCount; ++i) {
      variant.symmetry = static_cast<Dihedral>(i);
      add(variant, is_small ? pdq_hash_linear(planes, then(frame_.orientation, kTurns[i])) : turned[i]);
    }
    return plain;
  }

  const VideoFrame& frame_;
  VariantProfile profile_;
  VariantSide side_;
  FrameSignals signals_;
};

}  // namespace

FrameSignals frame_signals_of(const VideoFrame& frame, VariantProfile profile, VariantSide side) {
  FrameVariants variants(frame, profile, side);
  variants.add_original();
  if (profile != VariantProfile::kNone) variants.add_trimmed();
  FrameSignals signals = std::move(variants).take();
  signals.index = static_cast<int>(std::min<std::int64_t>(frame.index, 0x7fffffff));
  signals.time_ms = frame.time_us / 1000;
  return signals;
}

}  // namespace seawall
