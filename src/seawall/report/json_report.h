#pragma once

#include <string>

#include "seawall/report/record.h"
#include "seawall/report/summary.h"

namespace seawall {

/// One file as one line of JSON, without a line end; the shape is docs/formats/scan.md. Paths are
/// written as `root`/path, escaped by path_to_utf8().
[[nodiscard]] std::string to_json_line(const FileRecord& record, std::string_view root);

/// The summary as one line of JSON: {"summary": {...}}.
[[nodiscard]] std::string to_json_line(const ScanSummary& summary);

/// One JSON document {"summary": {...}, "files": [...]}, a file a line. Streams: memory does not grow with
/// the number of records. Errors: the source's and the sink's.
Result<void> write_json_report(const ScanSummary& summary, const RecordSource& records, RecordFilter filter,
                               TextSink sink);

/// `root`/`path`, or `root` where path is empty.
[[nodiscard]] std::string joined_path(std::string_view root, std::string_view path);

}  // namespace seawall
