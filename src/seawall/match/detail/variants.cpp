#include "seawall/match/detail/variants.h"

#include <algorithm>
#include <array>
#include <optional>

#include "seawall/match/detail/features.h"
#include "seawall/match/detail/insets.h"
#include "seawall/match/detail/part_gate.h"
#include "seawall/match/detail/trim.h"
#include "seawall/match/detail/turned_pixels.h"
#include "seawall/match/detail/window_hash.h"
#include "seawall/match/firm_decode.h"

namespace seawall::detail {
namespace {

constexpr int kPlaneSidePx = 256;  ///< Smaller side of the plane that windows are hashed from, or more.
constexpr int kFeaturePlaneSidePx = 128;  ///< The same for features and rotations: half of it.
constexpr int kSmallSidePx = 320;         ///< Under this, pictures are turned pixel by pixel.
constexpr std::size_t kQueryFeaturesMax = 32;
constexpr std::size_t kStoredFeaturesMax = 24;
constexpr std::size_t kInsetsMax = 8;

/// Scales of centred crops; at the corners of the coarser ones off-centre crops are stored too.
constexpr std::array kCentreCrops = {0.95F, 0.9F, 0.85F, 0.8F, 0.75F, 0.7F, 0.6F, 0.5F};
constexpr std::array kCaptionBands = {0.10F, 0.15F, 0.20F};
constexpr std::array kRotationsDegrees = {-7.5F, -6.0F, -4.5F, -3.0F, -1.5F, 1.5F, 3.0F, 4.5F, 6.0F, 7.5F};

/// Collects hashes that pass the quality gate.
class Collector {
 public:
  explicit Collector(std::vector<VariantHash>& hashes) : hashes_(hashes) {}

  void add(const Variant& variant, const PdqHash& hash) {
    if (hash.quality >= kPdqQualityMin) hashes_.push_back({variant, hash});
  }
  void add_plain(const Variant& variant, const PdqSpectrum& spectrum) { add(variant, pdq_hash(spectrum)); }
  /// In all eight symmetries.
  void add_turned(Variant variant, const PdqSpectrum& spectrum) {
    if (spectrum.quality < kPdqQualityMin) return;
    const auto turned = pdq_dihedral(spectrum);
    for (std::size_t i = 0; i < turned.size(); ++i) {
      variant.symmetry = static_cast<Dihedral>(i);
      add(variant, turned[i]);
    }
  }
  /// The negative's spectrum is the spectrum negated: luma turns into 255 - luma and the constant has no bit.
  void add_negative(Variant variant, PdqSpectrum spectrum) {
    for (float& value : spectrum.dct) value = -value;
    variant.negative = true;
    add_turned(variant, spectrum);
  }

 private:
  std::vector<VariantHash>& hashes_;
};

/// The part of a frame inside `rect` of its decoded pixels, as a frame of its own.
Frame window_of(const Frame& frame, const PixelRect& rect) {
  Frame window = frame;
  window.pixels = frame.pixels.window(rect.x, rect.y, rect.width_px, rect.height_px);
  // Only the last block of a scaled frame may stand for fewer original pixels than the denominator.
  window.original_width_px = std::min(rect.width_px * frame.scale_denominator,
                                      frame.original_width_px - rect.x * frame.scale_denominator);
  window.original_height_px = std::min(rect.height_px * frame.scale_denominator,
                                       frame.original_height_px - rect.y * frame.scale_denominator);
  return window;
}

VariantWindow fractions_of(const PlaneWindow& window, const LumaPlane& plane) {
  const auto width = static_cast<float>(plane.width_px);
  const auto height = static_cast<float>(plane.height_px);
  return {window.x / width, window.y / height, window.width / width, window.height / height};
}

PlaneWindow pixels_of(const VariantWindow& window, const LumaPlane& plane) {
  const auto width = static_cast<float>(plane.width_px);
  const auto height = static_cast<float>(plane.height_px);
  return {window.x * width, window.y * height, window.width * width, window.height * height};
}

/// Fixed windows: centred and off-centre crops, and the shapes that feeds cut to.
std::vector<VariantWindow> fixed_crops(const LumaPlane& plane) {
  std::vector<VariantWindow> windows;
  for (const float scale : kCentreCrops) windows.push_back({(1 - scale) / 2, (1 - scale) / 2, scale, scale});
  for (const float scale : {0.9F, 0.8F}) {
    const float rest = 1 - scale;
    for (const float x : {0.0F, rest}) {
      for (const float y : {0.0F, rest}) windows.push_back({x, y, scale, scale});
    }
  }
  for (const float x : {0.0F, 0.1F}) windows.push_back({x, 0, 0.9F, 1});
  const float aspect = static_cast<float>(plane.width_px) / static_cast<float>(plane.height_px);
  for (const float shape : {9.0F / 16, 4.0F / 5, 1.0F, 16.0F / 9}) {
    const float width = std::min(1.0F, shape / aspect);
    const float height = std::min(1.0F, aspect / shape);
    if (width * height > 0.95F || width * height < 0.2F) continue;
    for (const float at : {0.0F, 0.5F, 1.0F}) {
      windows.push_back({at * (1 - width), at * (1 - height), width, height});
    }
  }
  return windows;
}

std::vector<VariantWindow> without_captions() {
  std::vector<VariantWindow> windows;
  for (const float band : kCaptionBands) {
    windows.push_back({0, 0, 1, 1 - band});
    windows.push_back({0, band, 1, 1 - band});
  }
  return windows;
}

/// The thorough profile's windows over one plane.
class WindowHasher {
 public:
  /// `within`: the part of the picture that `plane` shows.
  WindowHasher(const LumaPlane& plane, const VariantWindow& within, VariantSide side, Collector& collector)
      : plane_(plane), within_(within), side_(side), collector_(collector) {}

  void add_fixed() {
    for (const VariantWindow& window : fixed_crops(plane_)) add(VariantKind::kCrop, window);
    for (const VariantWindow& window : without_captions()) add(VariantKind::kCaption, window);
  }

  void add_found() {
    for (const PlaneWindow& window : find_insets(plane_, kInsetsMax)) {
      add(VariantKind::kInset, fractions_of(window, plane_));
    }
    const LumaPlane half =
        std::min(plane_.width_px, plane_.height_px) >= 2 * kFeaturePlaneSidePx ? halve(plane_) : plane_;
    const std::size_t count_max = side_ == VariantSide::kQuery ? kQueryFeaturesMax : kStoredFeaturesMax;
    for (const PlaneWindow& window : find_features(half, count_max)) {
      add(VariantKind::kFeature, fractions_of(window, half));
    }
    if (side_ == VariantSide::kQuery) add_rotations(half);
  }

 private:
  void add(VariantKind kind, const VariantWindow& window) {
    Variant variant;
    variant.kind = kind;
    variant.window = {within_.x + window.x * within_.width, within_.y + window.y * within_.height,
                      window.width * within_.width, window.height * within_.height};
    const PdqGrid grid = window_grid(plane_, pixels_of(window, plane_));
    if (dominant_share(grid) > (kind == VariantKind::kFeature ? kFeatureDominantMax : kWindowDominantMax))
      return;
    const PdqSpectrum spectrum = pdq_spectrum(grid);
    if (side_ == VariantSide::kQuery) {
      collector_.add_turned(variant, spectrum);
    } else {
      collector_.add_plain(variant, spectrum);
    }
  }

  void add_rotations(const LumaPlane& half) {
    for (const float degrees : kRotationsDegrees) {
      Variant variant;
      variant.kind = VariantKind::kRotate;
      variant.rotation_degrees = degrees;
      variant.window = within_;
      const PdqGrid grid = rotated_grid(half, degrees);
      if (dominant_share(grid) <= kWindowDominantMax) collector_.add_plain(variant, pdq_spectrum(grid));
    }
  }

  const LumaPlane& plane_;
  VariantWindow within_;
  VariantSide side_;
  Collector& collector_;
};

/// The hashes of a small picture's pixels turned in each way but none. PDQ picks whole pixels, and below a
/// few hundred a side what it picks of a mirrored picture is off by up to 40 bits from what its spectrum
/// says.
void add_turned_pixels(Variant variant, const PixelView& pixels, Collector& collector) {
  for (std::size_t i = 1; i < kDihedralCount; ++i) {
    variant.symmetry = static_cast<Dihedral>(i);
    collector.add(variant, pdq_hash(TurnedPixels(pixels, variant.symmetry).view()));
  }
}

/// The picture or its trimmed part, as its side of the comparison wants it.
void add_whole(const Variant& variant, const Frame& frame, const PdqSpectrum& spectrum,
               VariantProfile profile, VariantSide side, Collector& collector) {
  if (profile == VariantProfile::kNone || side == VariantSide::kStored) {
    collector.add_plain(variant, spectrum);
    return;
  }
  const bool is_small = std::min(frame.pixels.width_px, frame.pixels.height_px) < kSmallSidePx;
  if (is_small && frame.scale_denominator == 1 && spectrum.quality >= kPdqQualityMin) {
    collector.add_plain(variant, spectrum);
    add_turned_pixels(variant, frame.pixels, collector);
  } else {
    collector.add_turned(variant, spectrum);
  }
  if (profile == VariantProfile::kThorough) collector.add_negative(variant, spectrum);
}

Variant trim_variant(const Frame& frame, const PixelRect& rect) {
  const auto width = static_cast<float>(frame.pixels.width_px);
  const auto height = static_cast<float>(frame.pixels.height_px);
  Variant variant;
  variant.kind = VariantKind::kTrim;
  variant.window = {static_cast<float>(rect.x) / width, static_cast<float>(rect.y) / height,
                    static_cast<float>(rect.width_px) / width, static_cast<float>(rect.height_px) / height};
  return variant;
}

}  // namespace

FrameSignals hash_variants(const Frame& frame, VariantProfile profile, VariantSide side) {
  FrameSignals signals;
  Collector collector(signals.variants);
  const PdqSpectrum spectrum = pdq_spectrum(grid_of(frame));
  signals.pdq = pdq_hash(spectrum);
  add_whole(Variant{}, frame, spectrum, profile, side, collector);
  if (profile == VariantProfile::kNone) return signals;
  const std::optional<PixelRect> trim = find_trim(frame.pixels);
  const Variant trimmed = trim ? trim_variant(frame, *trim) : Variant{};
  const auto add_trimmed = [&](const PixelRect& rect) {
    const Frame inner = window_of(frame, rect);
    add_whole(trim_variant(frame, rect), inner, pdq_spectrum(grid_of(inner)), profile, side, collector);
  };
  if (trim) {
    add_trimmed(*trim);
    if (const auto symmetric = symmetric_trim(frame.pixels, *trim)) add_trimmed(*symmetric);
  }
  if (profile != VariantProfile::kThorough) return signals;
  // What looks like a border may be part of the picture, so fixed windows are laid on it with and without.
  const LumaPlane plane = shrink_to_luma(frame.pixels, kPlaneSidePx);
  WindowHasher whole(plane, VariantWindow{}, side, collector);
  whole.add_fixed();
  if (!trim) {
    whole.add_found();
    return signals;
  }
  const LumaPlane inner = shrink_to_luma(window_of(frame, *trim).pixels, kPlaneSidePx);
  WindowHasher within(inner, trimmed.window, side, collector);
  within.add_fixed();
  within.add_found();
  return signals;
}

}  // namespace seawall::detail
