#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// Somebody whom people can turn to besides the service.
struct HelpLine {
  std::vector<std::string> places;  ///< ISO 3166-1 alpha-2, "EU", or "*": everywhere.
  std::string name;
  std::string does_en, does_de;
  bool helps = false;  ///< Listens to people; else it takes reports.
  std::string url;     ///< https://..., or empty.
  std::string phone;   ///< Or empty; never both.
  std::string source;  ///< The page that says so.
};

struct HelpLines {
  std::string read;  ///< The day on which the sources were read: "2026-11-23".
  std::vector<HelpLine> lines;
};

/// Reads the form of public_report/help_lines.json. Errors: kInvalidInput says which line and what is wrong:
/// a line without a source, with neither address nor phone, or that stands twice.
Result<HelpLines> help_lines_from(std::string_view json);
/// The program's own. Cost: parsed at each call.
Result<HelpLines> help_lines();
/// Their text, as it lies in the program.
[[nodiscard]] std::string_view help_lines_text();

}  // namespace seawall
