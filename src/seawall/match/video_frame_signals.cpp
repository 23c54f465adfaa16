#include "seawall/match/video_frame_signals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "seawall/match/detail/insets.h"
#include "seawall/match/detail/part_gate.h"
#include "seawall/match/detail/trim.h"
#include "seawall/match/detail/video_windows.h"

namespace seawall {
namespace {

using detail::PixelRect;

constexpr std::size_t kInsetsMax = 4;
constexpr int kInsetPlaneSidePx = 256;  ///< Smaller side of the plane that insets are found in, or more.
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

/// The place in the stored picture of a part of the upright one.
PixelRect stored_rect(VariantWindow window, const YccView& planes, Orientation orientation) {
  for (int turn = orientation.quarter_turns; turn % 4 != 0; ++turn)
    window = {1 - window.y - window.height, window.x, window.height, window.width};
  if (orientation.mirrored) window.x = 1 - window.x - window.width;
  const auto at = [](float part, int whole) {
    return static_cast<int>(std::lround(part * static_cast<float>(whole)));
  };
  const int x = at(window.x, planes.width_px);
  const int y = at(window.y, planes.height_px);
  return {x, y, at(window.x + window.width, planes.width_px) - x,
          at(window.y + window.height, planes.height_px) - y};
}

PixelView luma_of(const YccView& planes) {
  return {planes.y, planes.width_px, planes.height_px, planes.y_stride_bytes, PixelLayout::kGray8};
}

class FrameVariants {
 public:
  FrameVariants(const VideoFrame& frame, VariantProfile profile, VariantSide side)
      : frame_(frame), profile_(profile), side_(side) {}

  FrameSignals take() && { return std::move(signals_); }

  void add_original() { signals_.pdq = add_whole(Variant{}, frame_.planes); }

  void add_trimmed() {
    const PixelView luma = luma_of(frame_.planes);
    const auto trim = detail::find_trim(luma);
    if (!trim) return;
    add_trim(*trim);
    inner_ = *trim;
    if (const auto symmetric = detail::symmetric_trim(luma, *trim)) add_trim(*symmetric);
  }

  /// The thorough profile's. What looks like a border may be part of the picture, or a caption, so windows
  /// are laid on the frame with and without.
  void add_windows() {
    const PixelRect whole{0, 0, frame_.planes.width_px, frame_.planes.height_px};
    add_windows_of(whole);
    if (inner_ != whole) add_windows_of(inner_);
    if (side_ == VariantSide::kQuery) add_insets();
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

  void add_windows_of(const PixelRect& part) {
    const std::optional<YccView> planes = window_of(frame_.planes, part);
    if (!planes) return;
    for (const detail::VideoWindow& one : detail::video_windows(side_))
      add_window(one.kind, stored_rect(one.window, *planes, frame_.orientation), part, *planes);
  }

  void add_insets() {
    const std::optional<YccView> inner = window_of(frame_.planes, inner_);
    if (!inner) return;
    const detail::LumaPlane plane = detail::shrink_to_luma(luma_of(*inner), kInsetPlaneSidePx);
    const auto width = static_cast<float>(plane.width_px);
    const auto height = static_cast<float>(plane.height_px);
    for (const detail::PlaneWindow& found : detail::find_insets(plane, kInsetsMax)) {
      const VariantWindow as_stored{found.x / width, found.y / height, found.width / width,
                                    found.height / height};
      add_window(VariantKind::kInset, stored_rect(as_stored, *inner, {}), inner_, *inner);
    }
  }

  /// As it is and, of a query, mirrored: both pass the gate of parts.
  void add_window(VariantKind kind, const PixelRect& rect, const PixelRect& part, const YccView& planes) {
    const auto window = window_of(planes, rect);
    if (!window) return;
    const PdqGrid grid = pdq_grid_linear(*window, frame_.orientation);
    if (detail::dominant_share(grid) > detail::kVideoWindowDominantMax) return;
    Variant variant;
    variant.kind = kind;
    variant.window = upright_fractions({part.x + rect.x, part.y + rect.y, rect.width_px, rect.height_px},
                                       frame_.planes, frame_.orientation);
    const PdqSpectrum spectrum = pdq_spectrum(grid);
    if (side_ == VariantSide::kStored || spectrum.quality < kPdqQualityMin) {
      add(variant, pdq_hash(spectrum));
      return;
    }
    const auto turned = pdq_dihedral(spectrum);
    for (const Dihedral symmetry : {Dihedral::kOriginal, Dihedral::kFlipY}) {
      variant.symmetry = symmetry;
      add(variant, turned[static_cast<std::size_t>(symmetry)]);
    }
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
  PixelRect inner_{0, 0, frame_.planes.width_px, frame_.planes.height_px};  ///< Without borders.
  FrameSignals signals_;
};

}  // namespace

FrameSignals frame_signals_of(const VideoFrame& frame, VariantProfile profile, VariantSide side) {
  FrameVariants variants(frame, profile, side);
  variants.add_original();
  if (profile != VariantProfile::kNone) variants.add_trimmed();
  if (profile == VariantProfile::kThorough) variants.add_windows();
  FrameSignals signals = std::move(variants).take();
  signals.index = static_cast<int>(std::min<std::int64_t>(frame.index, 0x7fffffff));
  signals.time_ms = frame.time_us / 1000;
  return signals;
}

}  // namespace seawall
