#pragma once

#include <string>

#include "seawall/lists/export.h"

namespace seawall::lists_detail {

/// Writes one entry, with its classification mapped as the options say, and counts what is lost. Moves out of
/// `entry` all but its id.
Result<void> write_record(Entry& entry, const ExportOptions& options, ExchangeWriter& writer,
                          ExportReport& report);
Result<void> write_tombstone(std::string key, ExchangeWriter& writer, ExportReport& report);

}  // namespace seawall::lists_detail
