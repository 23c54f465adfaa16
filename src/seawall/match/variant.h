#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/fingerprint/pdq.h"
#include "seawall/model/signal.h"

namespace seawall {

/// How many ways of altering a picture are looked for. Costs and recall: docs/robustness.md.
enum class VariantProfile : std::uint8_t {
  kNone,      ///< The picture as it is: plain PDQ.
  kDefault,   ///< Mirrored and turned by right angles; borders and letterbox bars trimmed.
  kThorough,  ///< Also crops, captions, insets, windows around features, small rotations, negatives.
};
/// "none", "default", "thorough".
[[nodiscard]] std::string_view name_of(VariantProfile profile);
/// Errors: kInvalidInput for any other text.
Result<VariantProfile> variant_profile_from_text(std::string_view text);

/// Which end of a comparison the hashes are for. Symmetries and negatives are tried on the query's side only,
/// so that a list grows by as few hashes as possible.
enum class VariantSide : std::uint8_t { kQuery, kStored };

/// What part of the picture a variant looks at.
enum class VariantKind : std::uint8_t {
  kOriginal,  ///< All of it.
  kTrim,      ///< Without a plain border, letterbox or pillarbox bars.
  kCrop,      ///< A fixed window: centred, off-centre or of another shape.
  kCaption,   ///< Without a band at the top or the bottom.
  kInset,     ///< A rectangle with sharp edges found in it: picture in picture, split screen, sharp strip.
  kFeature,   ///< A square around a feature, at the feature's scale: survives any crop that keeps it.
  kRotate,    ///< Turned back by a few degrees.
};
[[nodiscard]] std::string_view name_of(VariantKind kind);

/// A part of an upright picture, as fractions of its width and height: 0 <= x, x + width <= 1, likewise y.
struct VariantWindow {
  float x = 0;
  float y = 0;
  float width = 1;
  float height = 1;
  friend bool operator==(const VariantWindow&, const VariantWindow&) = default;
};

/// How one hash was derived from a picture. Plain data.
struct Variant {
  VariantKind kind = VariantKind::kOriginal;
  Dihedral symmetry = Dihedral::kOriginal;
  bool negative = false;
  float rotation_degrees = 0;  ///< kRotate only: counter-clockwise, as undone.
  VariantWindow window;

  /// For people and for JSON: "original", "rotate90", "trim", "trim+flip_x", "crop 80%x80% at 10%,10%",
  /// "negative", "inset 50%x50% at 50%,0%".
  [[nodiscard]] std::string name() const;
  /// Fraction of the picture's area that was looked at, 0..1. A match of less than the whole picture says
  /// that the listed content is a part of it, which is weaker evidence about the rest.
  [[nodiscard]] float coverage() const { return window.width * window.height; }

  friend bool operator==(const Variant&, const Variant&) = default;
};

/// One hash to store or to look up, with where it came from.
struct VariantHash {
  Variant variant;
  PdqHash hash;  ///< Quality at least kPdqQualityMin.
};

}  // namespace seawall
