#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "edits.h"
#include "picture.h"
#include "seawall/match/signals.h"

namespace seawall::eval {

inline constexpr std::array kRadii = {31, 48, 64};
inline constexpr std::array kProfiles = {VariantProfile::kNone, VariantProfile::kDefault,
                                         VariantProfile::kThorough};
/// Counts by profile, then by radius.
using Counts = std::array<std::array<int, kRadii.size()>, kProfiles.size()>;

/// How often one edit's copies met their originals.
struct EditResult {
  const Edit* edit = nullptr;
  int trials = 0;
  Counts hits{};
  /// Of the thorough profile's matches at 31: how often each kind of variant was the nearest.
  std::array<int, 8> nearest_kinds{};
};

/// How often unrelated pictures met.
struct FalseResult {
  std::string family;
  int pictures = 0;
  int usable = 0;  ///< Quality of the whole picture high enough to be listed.
  std::int64_t pairs = 0;
  Counts pairs_matched{};
};

struct Evaluation {
  int photos = 0;     ///< Given.
  int too_plain = 0;  ///< Left out: quality under 50, so never listed.
  int copies = 0;     ///< Left out: copies of another one.
  std::vector<EditResult> edits;
  std::vector<FalseResult> unrelated;
};

struct EvaluationOptions {
  unsigned threads = 2;
  std::string only;  ///< Edits whose name holds this text; all if empty.
};

/// Edits each picture in every way; looks its copies up among its own stored hashes, profile by profile.
[[nodiscard]] std::vector<EditResult> measure_recall(const std::vector<Picture>& pictures,
                                                     const EvaluationOptions& options);

/// Lists every picture of a family and looks up every other one, through the index and the matcher.
[[nodiscard]] FalseResult measure_false_matches(const std::string& family,
                                                const std::vector<Picture>& pictures,
                                                const EvaluationOptions& options);

/// The generated families of look-alikes: slides, title cards, chats, pages, flat ones, gradients.
[[nodiscard]] std::vector<FalseResult> measure_hard_negatives(int per_family,
                                                              const EvaluationOptions& options);

/// Pictures whose plain hash is usable, without copies of one another (64 bits or less apart in any
/// symmetry).
[[nodiscard]] std::vector<Picture> distinct(std::vector<Picture> pictures, int& too_plain, int& copies);

/// True if `profile` looks at `variant`: the smaller profiles are subsets of the thorough one.
[[nodiscard]] bool is_in_profile(const Variant& variant, VariantProfile profile);

}  // namespace seawall::eval
