#pragma once

#include <string>

#include "seawall/base/result.h"
#include "seawall/public_report/report_book.h"
#include "seawall/toml/toml.h"

namespace seawall {

/// The table [public_report] of a service's settings: that anybody may report an address at /report.
/// docs/howto/serve.md has each with its meaning.
struct ReportSettings {
  std::string house;                    ///< Who runs it, as the page says; empty: nothing is said.
  std::string tenant = "default";       ///< Whose people deal with the reports.
  std::uint32_t network_reports = 5;    ///< At once from one network (/24, /48), and as many again
  std::uint32_t network_per_s = 3'600;  ///< in so many seconds.
  std::uint32_t all_reports = 120;      ///< The same of all networks together,
  std::uint32_t all_per_s = 60;
  ReportOptions book;
};

/// Errors: kInvalidInput with the line and what to write.
Result<ReportSettings> report_settings_from(TomlTable& table);

}  // namespace seawall
