#pragma once

#include <string>

#include "seawall/lists/export.h"

namespace seawall::lists_detail {

/// What the options ask of an entry: its source, its state, and that it has not expired.
[[nodiscard]] bool is_wanted(const Entry& entry, const ExportOptions& options);
[[nodiscard]] bool is_listed(const Entry& entry, const ExportOptions& options);
[[nodiscard]] bool has_expired(const Entry& entry, const ExportOptions& options);

/// Writes one entry, with its classification mapped as the options say, and counts what is lost. Moves out of
/// `entry` all but its id.
Result<void> write_record(Entry& entry, const ExportOptions& options, ExchangeWriter& writer,
                          ExportReport& report);
Result<void> write_tombstone(std::string key, ExchangeWriter& writer, ExportReport& report);

}  // namespace seawall::lists_detail
