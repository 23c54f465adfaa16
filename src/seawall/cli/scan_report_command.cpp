#include <array>
#include <memory>

#include "seawall/cli/folder_scan.h"
#include "seawall/cli/report_files.h"
#include "seawall/cli/scan_command.h"
#include "seawall/report/html_text.h"
#include "seawall/report/json_report.h"

namespace seawall::cli {
namespace {

Result<std::string> state_folder(const Arguments& arguments) {
  if (const auto state = arguments.text("--state")) return *state;
  SEAWALL_TRY(const std::string root, canonical_folder(arguments.positionals()[0]));
  return default_state_folder(root);
}

Result<Outcome> report(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::string state, state_folder(arguments));
  SEAWALL_TRY(const auto journal, Journal::open_to_read(state));
  SEAWALL_TRY(const ScanSummary summary, journal->summary());
  HtmlReportOptions html;
  std::unique_ptr<MediaDecoder> decoder;
  std::optional<FileThumbnails> thumbnails;
  if (arguments.flag("--thumbnails")) {
    SEAWALL_TRY(decoder, make_decoder(1, {}));
    html.thumbnails = &thumbnails.emplace(*decoder, journal->settings().root);
  }
  const RecordFilter filter = arguments.flag("--all") ? RecordFilter::kEverything : RecordFilter::kFindings;
  const auto paths = arguments.all("--report");
  SEAWALL_CHECK(write_scan_reports(paths, summary, *journal, filter, html));
  if (console.json()) {
    console.print(to_json_line(summary) + "\n");
  } else {
    console.print(with_thousands(summary.files) + " files, " + with_thousands(summary.matched_files) +
                  " matched, " + with_thousands(summary.error_files) + " errors; the scan is " +
                  (summary.complete ? "complete" : "not complete") + "\n");
  }
  return Outcome{.matched = summary.matched_files > 0, .input_errors = summary.error_files};
}

Result<Outcome> run_report(const Arguments& arguments, Console& console) {
  if (arguments.positionals().empty() && !arguments.text("--state")) {
    return usage_failure(console, "name the scanned folder, or its --state");
  }
  for (const std::string& path : arguments.all("--report")) {
    if (const auto checked = check_report_path(path); !checked) {
      return usage_failure(console, checked.error().message);
    }
  }
  return report(arguments, console);
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "DIR",
                   .help = "the folder that was scanned; not needed with --state",
                   .kind = ValueKind::kDirectory,
                   .required = false}};
constexpr std::array kOptions{
    kStateOption, kReportOption,
    OptionSpec{.name = "--all", .help = "in JSON and CSV: also files without a match or an error"},
    OptionSpec{.name = "--thumbnails",
               .help = "put small, gray, strongly blurred pictures into HTML reports"},
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall scan report photos --report scan.html", "A page about the last scan of photos."},
    Example{"seawall scan report --state work/state --all --report all.csv", "Every file, as a table."}};

}  // namespace

const CommandSpec& scan_report_command() {
  static constexpr CommandSpec kCommand{
      .name = "scan report",
      .summary = "write reports of a scan, finished or not",
      .description =
          "Reads what a scan has kept in its state folder, also while it is running, prints the counts "
          "and writes the reports asked for. To scan a folder that is called \"report\", type "
          "\"seawall scan ./report\".",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_report};
  return kCommand;
}

}  // namespace seawall::cli
