#pragma once

#include <filesystem>
#include <string>

#include "evaluation.h"

namespace seawall::eval {

/// The tables, as Markdown that reads well on a terminal too.
[[nodiscard]] std::string to_markdown(const Evaluation& evaluation);

/// One JSON object a line: {"kind":"recall","edit",...} and {"kind":"false_matches","family",...}.
[[nodiscard]] std::string to_ndjson(const Evaluation& evaluation);

/// Bars of recall at 31 by edit and profile.
[[nodiscard]] std::string to_svg(const Evaluation& evaluation);

/// What a later run must reach: percentages a little under the measured ones, false matches not above them.
[[nodiscard]] std::string to_baseline(const Evaluation& evaluation);

/// Compares with a file that to_baseline() made. One line for each shortfall; empty if there is none.
[[nodiscard]] std::string shortfalls(const Evaluation& evaluation, const std::filesystem::path& baseline);

}  // namespace seawall::eval
