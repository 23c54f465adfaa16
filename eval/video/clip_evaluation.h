#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "clip_edits.h"
#include "clip_set.h"

namespace seawall::eval {

/// Whose rule finds the clip, and by which hashes.
enum class ClipRule : std::uint8_t {
  kPlain,     ///< Ours, frames as they are.
  kDefault,   ///< Ours: symmetries and trimmed borders.
  kThorough,  ///< Ours: windows too.
  kLarge,     ///< kThorough as asked of a list of more than ClipIndexOptions::exhaustive_hashes_max.
  kVpdq,      ///< vPDQ's: 80 % of the query's frames, one a second.
  kVpdqAny,   ///< vPDQ's with one frame for all percentages: what its hashes could find at most.
  kNoBenign,  ///< kThorough without a list of benign templates. Told for unrelated clips only.
};
inline constexpr std::size_t kClipRules = 7;
inline constexpr std::array<std::string_view, kClipRules> kClipRuleNames = {
    "plain", "default", "thorough", "thorough_large", "vpdq_80", "vpdq_any", "thorough_no_benign"};
using RuleCounts = std::array<int, kClipRules>;

/// How far what kThorough said of a showing lies from the truth.
struct TimeError {
  double query_seconds = 0;      ///< The worse of begin and end.
  double reference_seconds = 0;  ///< Likewise.
  double alignment_seconds = 0;  ///< Mean over the frames: where in the clip it puts them.
};

struct ClipEditResult {
  const ClipEdit* edit = nullptr;
  int trials = 0;
  RuleCounts found{};
  RuleCounts wrong{};  ///< Listed clips that were named and are not in it.
  double seconds_shown = 0;
  double seconds_found = 0;  ///< Of those, within a segment of kThorough.
  std::vector<TimeError> errors;
  std::vector<std::string> missed;  ///< Clips that kThorough did not find.
};

struct UnrelatedResult {
  std::string family;
  int videos = 0;
  double seconds = 0;
  RuleCounts wrong{};
};

struct ClipEvaluation {
  int listed = 0;
  double listed_seconds = 0;
  std::size_t listed_hashes = 0;  ///< Of kThorough.
  std::size_t plain_hashes = 0;
  std::vector<ClipEditResult> edits;
  std::vector<UnrelatedResult> unrelated;
  double wall_seconds = 0;
};

struct ClipEvaluationOptions {
  unsigned threads = 2;
  std::string only;                ///< Edits whose name holds this text; all if empty.
  std::vector<std::string> edits;  ///< Edits with one of these names; all if empty.
  std::size_t trials = 0;          ///< Listed clips that each edit is tried on, spread over them; 0: all.
  int seconds_max = 0;             ///< No trial begins later than so long after the start; 0: all are made.
  std::filesystem::path folder;    ///< Of encoded clips.
};

/// Encodes, lists, edits and looks up. Ends the program where something that it needs fails.
[[nodiscard]] ClipEvaluation evaluate_clips(const ClipSet& set, const ClipEvaluationOptions& options);

}  // namespace seawall::eval
