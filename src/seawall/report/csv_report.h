#pragma once

#include <string>
#include <string_view>

#include "seawall/report/record.h"

namespace seawall {

/// A CSV table (RFC 4180, CRLF, UTF-8) with one row for each match, one for each file with an error, and,
/// with kEverything, one for each other file; docs/formats/scan.md lists the columns. Streams. Errors:
/// the source's and the sink's.
Result<void> write_csv_report(std::string_view root, const RecordSource& records, RecordFilter filter,
                              TextSink sink);

/// One field. Quoted where it must be. A text that a spreadsheet would run as a formula (it begins with = + -
/// @, a tab or a carriage return) gets an apostrophe before it.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace seawall
