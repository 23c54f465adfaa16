#pragma once

#include <string>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/report/html_report.h"
#include "seawall/report/record.h"
#include "seawall/report/summary.h"

namespace seawall::cli {

/// Told by the ending of a report's name.
enum class ReportFormat : std::uint8_t { kJson, kCsv, kHtml };
/// Errors: kInvalidInput for any ending but .json, .csv, .html, .htm.
Result<ReportFormat> report_format_of(const std::string& path);

/// Whether a report can likely be written at `path`, before hours of work go into it. Errors: kInvalidInput
/// (its ending, a folder), kNotFound (no folder to write it in), kUnavailable (not writable by this user).
Result<void> check_report_path(const std::string& path);

/// Writes a file beside its place, then renames it, so that a report is whole or not there.
/// Errors: kUnavailable (cannot be written), those of `write`.
Result<void> write_whole_file(const std::string& path, FunctionRef<Result<void>(TextSink)> write);

/// Writes each of `paths`. `filter`: for JSON and CSV. Errors: as above; the first ends it.
Result<void> write_scan_reports(const std::vector<std::string>& paths, const ScanSummary& summary,
                                const RecordSource& records, RecordFilter filter,
                                const HtmlReportOptions& html_options);

}  // namespace seawall::cli
