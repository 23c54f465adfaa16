#include "seawall/cli/report_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "seawall/base/unique_fd.h"
#include "seawall/report/csv_report.h"
#include "seawall/report/json_report.h"

namespace seawall::cli {
namespace {

tl::unexpected<Error> cannot_write() {
  return fail(Code::kUnavailable, std::string("the report cannot be written: ") + std::strerror(errno));
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> write_all(const UniqueFd& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return cannot_write();
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> write_scan_report(ReportFormat format, const ScanSummary& summary, const RecordSource& records,
                               RecordFilter filter, const HtmlReportOptions& html_options, TextSink sink) {
  switch (format) {
    case ReportFormat::kJson:
      return write_json_report(summary, records, filter, sink);
    case ReportFormat::kCsv:
      return write_csv_report(summary.root, records, filter, sink);
    case ReportFormat::kHtml:
      break;
  }
  return write_html_report(summary, records, html_options, sink);
}

}  // namespace

Result<ReportFormat> report_format_of(const std::string& path) {
  if (path.ends_with(".json")) return ReportFormat::kJson;
  if (path.ends_with(".csv")) return ReportFormat::kCsv;
  if (path.ends_with(".html") || path.ends_with(".htm")) return ReportFormat::kHtml;
  return fail(Code::kInvalidInput, "a report's name ends in .json, .csv or .html, so that its form is known");
}

Result<void> check_report_path(const std::string& path) {
  SEAWALL_TRY([[maybe_unused]] const ReportFormat format, report_format_of(path));
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return fail(Code::kInvalidInput, "the report " + path + " is a folder; name a file");
  }
  const std::string folder = folder_of(path);
  if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return fail(Code::kNotFound, "there is no folder " + folder + " to write the report in; make it first");
  }
  if (::access(folder.c_str(), W_OK) != 0) {
    return fail(Code::kUnavailable,
                "the report cannot be written in " + folder + ": " + std::strerror(errno));
  }
  return {};
}

Result<void> write_whole_file(const std::string& path, FunctionRef<Result<void>(TextSink)> write) {
  const std::string beside = path + ".part-" + std::to_string(::getpid());
  UniqueFd file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file) return cannot_write();
  const auto sink = [&](std::string_view text) { return write_all(file, text); };
  auto written = write(sink);
  if (written && (::fsync(file.get()) != 0 || ::rename(beside.c_str(), path.c_str()) != 0)) {
    written = cannot_write();
  }
  if (!written) ::unlink(beside.c_str());
  return written;
}

Result<void> write_scan_reports(const std::vector<std::string>& paths, const ScanSummary& summary,
                                const RecordSource& records, RecordFilter filter,
                                const HtmlReportOptions& html_options) {
  for (const std::string& path : paths) {
    SEAWALL_TRY(const ReportFormat format, report_format_of(path));
    const auto write = [&](TextSink sink) {
      return write_scan_report(format, summary, records, filter, html_options, sink);
    };
    SEAWALL_CHECK(write_whole_file(path, write));
  }
  return {};
}

}  // namespace seawall::cli
