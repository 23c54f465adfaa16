#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/report/summary.h"

namespace seawall {

/// What the results of a scan depend on. Two sessions belong to one scan only if these are the same.
struct ScanSettings {
  std::string root;                ///< Absolute, links resolved; any bytes.
  std::string root_typed;          ///< As the user named it; may differ between sessions.
  std::vector<SummaryBank> banks;  ///< matched_files is not a setting.
  std::vector<std::pair<std::string, std::string>> options;  ///< Name and value, in order.
};

/// One line of JSON. Reading it back gives the same settings.
[[nodiscard]] std::string to_json_text(const ScanSettings& settings);
/// Errors: kCorrupt if the text is not what to_json_text writes.
Result<ScanSettings> scan_settings_from_json(std::string_view text);

/// One sentence that says in what `now` differs from `before`; empty if the scan may be continued.
[[nodiscard]] std::string difference_between(const ScanSettings& before, const ScanSettings& now);

}  // namespace seawall
