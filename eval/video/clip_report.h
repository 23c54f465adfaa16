#pragma once

#include <filesystem>
#include <string>

#include "clip_evaluation.h"

namespace seawall::eval {

/// The tables, as Markdown that reads well on a terminal too.
[[nodiscard]] std::string to_markdown(const ClipEvaluation& evaluation);

/// One JSON object a line: {"kind":"clip_recall","edit",...}, {"kind":"clip_false_matches","family",...} and
/// one {"kind":"clip_set",...}.
[[nodiscard]] std::string to_ndjson(const ClipEvaluation& evaluation);

/// Bars of recall by edit: ours and vPDQ's.
[[nodiscard]] std::string to_svg(const ClipEvaluation& evaluation);

/// What a later run of the same clips must reach: one clip fewer an edit at most, no false clip more.
[[nodiscard]] std::string to_baseline(const ClipEvaluation& evaluation);

/// Compares with a file that to_baseline() made. One line for each shortfall; empty if there is none.
[[nodiscard]] std::string shortfalls(const ClipEvaluation& evaluation, const std::filesystem::path& baseline);

}  // namespace seawall::eval
