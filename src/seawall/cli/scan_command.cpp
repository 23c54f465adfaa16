#include "seawall/cli/scan_command.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "seawall/base/codes.h"
#include "seawall/cli/benign_banks.h"
#include "seawall/cli/folder_scan.h"
#include "seawall/cli/open_media.h"
#include "seawall/cli/report_files.h"
#include "seawall/cli/scan_bank.h"
#include "seawall/cli/scan_server.h"
#include "seawall/report/html_text.h"
#include "seawall/report/json_report.h"

namespace seawall::cli {
namespace {

constexpr std::uint64_t kErrorLinesMax = 50;
// While one file is decoded, so many others wait for the service.
constexpr unsigned kThreadsPerJobWithServer = 16;

// What a scan compares with: banks in folders, or the lists of a service.
struct Compared {
  std::vector<std::unique_ptr<OpenedScanBank>> banks;
  std::unique_ptr<ScanServer> server;
  std::optional<int> radius_bits;
  std::string benign_banks;

  [[nodiscard]] std::vector<const ScanBank*> searched() const {
    std::vector<const ScanBank*> all;
    all.reserve(banks.size() + 1);
    for (const auto& bank : banks) all.push_back(bank.get());
    if (server) all.push_back(&server->bank());
    return all;
  }
  [[nodiscard]] int greatest_radius_bits() const {
    int greatest = server ? radius_bits.value_or(kPdqRadiusDefault) : 0;
    for (const auto& bank : banks) greatest = std::max(greatest, bank->radius_bits());
    return greatest;
  }
};

Result<Compared> open_compared(const Arguments& arguments, Console& console) {
  Compared compared;
  if (const auto given = arguments.integer("--radius")) compared.radius_bits = static_cast<int>(*given);
  if (arguments.text("--server")) {
    SEAWALL_TRY(compared.server, ScanServer::open(arguments, compared.radius_bits, console));
    return compared;
  }
  SEAWALL_TRY(const BenignTemplates benign, benign_templates(arguments, console));
  compared.benign_banks = benign.banks;
  for (const std::string& folder : arguments.all("--bank")) {
    auto bank = OpenedScanBank::open(folder, compared.radius_bits, benign.hashes);
    if (!bank) return tl::unexpected(std::move(bank).error().within("bank " + shown_path(folder, "")));
    if (!(*bank)->remark().empty()) console.note((*bank)->remark());
    compared.banks.push_back(*std::move(bank));
  }
  return compared;
}

std::string yes_or_no(bool value) { return value ? "yes" : "no"; }

// A service is not asked about videos yet, and most banks list none: then videos are compared by digest.
bool compares_videos(const FolderScanOptions& options, const Compared& compared) {
  return !options.scan.examine.pictures_only &&
         std::ranges::any_of(compared.banks, [](const auto& bank) { return bank->lists_videos(); });
}

ScanSettings settings_of(const FolderScanOptions& options, const Compared& compared) {
  ScanSettings settings{options.root, options.root_typed, {}, {}};
  std::string radii;
  for (const auto& bank : compared.banks) {
    settings.banks.push_back(bank->summary());
    radii += (radii.empty() ? "" : ", ") + std::to_string(bank->radius_bits());
  }
  if (compared.server) {
    settings.banks.push_back(compared.server->summary());
    radii = compared.radius_bits ? std::to_string(*compared.radius_bits) : "the service's";
  }
  const SignalOptions& signals = options.scan.examine.signals;
  settings.options = {{"radius", radii},
                      {"variants", std::string(name_of(signals.profile))},
                      {"exact decoding", yes_or_no(signals.decode.exact)},
                      {"pictures only", yes_or_no(options.scan.examine.pictures_only)},
                      {"videos", compares_videos(options, compared) ? "by their parts" : "by digest"},
                      {"follow links", yes_or_no(options.scan.walk.follow_links)}};
  if (!compared.benign_banks.empty()) settings.options.emplace_back("benign frames", compared.benign_banks);
  return settings;
}

// Prints records as they become durable.
class RecordPrinter {
 public:
  RecordPrinter(Console& console, std::string_view root, bool findings_only)
      : console_(console), root_(root), findings_only_(findings_only) {}

  void print(const FileRecord& record) {
    if (console_.json()) {
      if (!findings_only_ || record.error || !record.matches.empty()) {
        console_.print(to_json_line(record, root_) + "\n");
      }
      return;
    }
    for (const RecordedMatch& match : record.matches) print_match(record, match);
    if (record.error && ++errors_ <= kErrorLinesMax) {
      const std::string path = shown_path(root_, record.path);
      console_.error(Error{record.error->code, path + ": " + record.error->message});
      if (errors_ == kErrorLinesMax) console_.note("further errors are counted and stand in the report");
    }
  }

 private:
  void print_match(const FileRecord& record, const RecordedMatch& match) {
    std::string line(match.verdict == Verdict::kAllow ? "" : console_.red());
    line += name_of(match.verdict);
    line += std::string(console_.plain()) + "  " + shown_path(root_, record.path) + "  " +
            shown_text(match.bank) + "/" + shown_text(match.entry) + "  " + std::string(signal_name(match));
    if (match.clip) line += " " + words_of(*match.clip) + "; nearest";
    if (match.type == SignalType::kPdq) line += " distance " + std::to_string(match.distance_bits);
    if (match.type == SignalType::kPdq && match.variant != "original") line += " (" + match.variant + ")";
    console_.print(line + "\n");
  }

  Console& console_;
  std::string_view root_;
  bool findings_only_;
  std::uint64_t errors_ = 0;
};

void print_summary(Console& console, const ScanSummary& summary, const ScanEnd& end) {
  if (console.json()) {
    console.print(to_json_line(summary) + "\n");
    return;
  }
  std::string line = with_thousands(summary.files) + " files, " + with_thousands(summary.pictures) +
                     " pictures, " + readable_bytes(summary.bytes) + ": " +
                     with_thousands(summary.matched_files) + " matched, " +
                     with_thousands(summary.error_files) + " errors";
  if (end.progress.files_resumed > 0) {
    line += "; " + with_thousands(end.progress.files_resumed) + " were done before";
  }
  if (end.progress.files_rescanned > 0) {
    line += "; " + with_thousands(end.progress.files_rescanned) + " had changed and were scanned again";
  }
  console.print(line + "\n");
}

Result<void> write_reports(const Arguments& arguments, const FolderScanOptions& options,
                           const Journal& journal, const ScanSummary& summary, const Compared& compared) {
  const auto paths = arguments.all("--report");
  if (paths.empty()) return {};
  HtmlReportOptions html;
  html.radius_bits = std::max(html.radius_bits, compared.greatest_radius_bits());
  std::unique_ptr<MediaDecoder> decoder;
  std::optional<FileThumbnails> thumbnails;
  if (arguments.flag("--thumbnails")) {
    SEAWALL_TRY(decoder, make_decoder(1, {}));
    html.thumbnails = &thumbnails.emplace(*decoder, options.root);
  }
  return write_scan_reports(paths, summary, journal, RecordFilter::kFindings, html);
}

Result<Outcome> scan(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(FolderScanOptions options, folder_scan_options(arguments, console));
  options.scan.examine.pictures_only = arguments.flag("--pictures-only");
  SEAWALL_TRY(options.scan.examine.signals.profile,
              variant_profile_from_text(arguments.text("--variants").value_or("default")));
  SEAWALL_TRY(const Compared compared, open_compared(arguments, console));
  if (ScanServer* server = compared.server.get()) {
    options.threads_per_job = kThreadsPerJobWithServer;
    options.on_stop = [server] { server->stop(); };
  }
  const SystemClock clock;
  SEAWALL_TRY(const auto journal, open_journal(options, settings_of(options, compared), clock));
  if (journal->records_at_start() > 0 && !console.json()) {
    console.note("continuing the scan kept in " + shown_path(options.state, "") + ": " +
                 with_thousands(journal->records_at_start()) + " files are done");
  }
  LateVideoDecoder videos(options.scan.jobs, video_limits_of(arguments));
  if (compares_videos(options, compared)) options.scan.examine.videos = &videos;
  options.scan.examine.video_limits = video_limits_of(arguments);
  RecordPrinter printer(console, options.root_typed, arguments.flag("--findings"));
  const auto print = [&](const FileRecord& record) { printer.print(record); };
  SEAWALL_TRY(const ScanEnd end, run_folder_scan(options, *journal, compared.searched(), console, print));
  SEAWALL_TRY(const ScanSummary summary, journal->summary());
  print_summary(console, summary, end);
  SEAWALL_CHECK(write_reports(arguments, options, *journal, summary, compared));
  if (!end.complete) {
    console.note("stopped; what is done is kept in " + shown_path(options.state, "") +
                 ". Type the same command again to go on");
  }
  return Outcome{.matched = summary.matched_files > 0, .input_errors = summary.error_files};
}

Result<Outcome> run_scan(const Arguments& arguments, Console& console) {
  const bool has_server = arguments.text("--server").has_value();
  if (arguments.all("--bank").empty() && !has_server) {
    return usage_failure(console, "scan needs --bank DIR or --server URL, the lists to compare with");
  }
  if (!arguments.all("--bank").empty() && has_server) {
    return usage_failure(console, "--bank and --server contradict each other");
  }
  if (has_server && !arguments.all("--benign").empty()) {
    return usage_failure(console, "--benign goes with --bank: a service has harmless banks for it");
  }
  if (!has_server && (arguments.text("--key-file") || arguments.text("--server-ca"))) {
    return usage_failure(console, "--key-file and --server-ca go with --server");
  }
  if (arguments.flag("--resume") && arguments.flag("--restart")) {
    return usage_failure(console, "--resume and --restart contradict each other");
  }
  for (const std::string& path : arguments.all("--report")) {
    if (const auto checked = check_report_path(path); !checked) {
      return usage_failure(console, checked.error().message);
    }
  }
  return scan(arguments, console);
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "DIR", .help = "the folder to scan", .kind = ValueKind::kDirectory}};

constexpr std::array kOptions{
    OptionSpec{.name = "--bank",
               .value = "DIR",
               .help = "a bank to compare with; may be given more than once",
               .kind = ValueKind::kDirectory,
               .repeatable = true},
    kBenignOption,
    kServerOption,
    kKeyFileOption,
    kServerCaOption,
    OptionSpec{.name = "--radius",
               .value = "N",
               .help = "greatest PDQ distance of pictures that matches (default: the bank's; a service's is "
                       "only narrowed)",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 256},
    OptionSpec{.name = "--variants",
               .value = "HOW",
               .help = "alterations to look for",
               .kind = ValueKind::kChoice,
               .choices = "none default thorough",
               .default_value = "default"},
    kExactOption,
    kVideoSecondsOption,
    OptionSpec{.name = "--pictures-only", .help = "do not read other files; else their digests are compared"},
    kFollowOption,
    kStateOption,
    kResumeOption,
    kRestartOption,
    kRetryOption,
    kJobsOption,
    kReportOption,
    OptionSpec{.name = "--thumbnails",
               .help = "put small, gray, strongly blurred pictures into HTML reports"},
    OptionSpec{.name = "--findings", .help = "with --json: only files that match or fail"},
    kProgressOption,
    kJsonOption};

constexpr std::array kExamples{
    Example{"seawall scan photos --bank lists/known", "Compare a folder with a list."},
    Example{"seawall scan photos --bank lists/known --report scan.html", "The same, with a report to read."},
    Example{"seawall scan /srv/uploads --server https://seawall.example --key-file service.key",
            "Compare with the lists of a look-up service."},
    Example{"seawall scan /srv --bank a --bank b --json --progress plain > found.ndjson",
            "Two lists, results for a script, progress in the log."}};

}  // namespace

const CommandSpec& scan_command() {
  static constexpr CommandSpec kCommand{
      .name = "scan",
      .summary = "compare every file of a folder with banks, or with a service's lists",
      .description =
          "Walks the folder, reads every regular file, and looks its signals up in the banks: pictures by "
          "PDQ and "
          "by digest, videos by their parts and by digest, all other files by digest. Links, FIFOs, sockets "
          "and devices are passed over.\n\n"
          "Results are kept in a state folder as they come. A scan that was stopped, or killed, goes on "
          "where it "
          "was when the same command is typed again; files that have changed since are scanned again. If the "
          "bank or the settings have changed, it says so and asks for --restart.\n\n"
          "With --server, videos are compared by digest alone, and files are hashed here and looked up by a "
          "service in batches; neither bytes nor "
          "names "
          "leave this machine. A service that does not answer for minutes, or refuses, ends the scan with "
          "exit "
          "code 4; type the command again to go on. Its lists may change while a scan lasts.\n\n"
          "With --json, one line a file in the order of the walk, for the files examined now, then a summary "
          "of "
          "everything examined so far. \"seawall scan report\" writes reports at any time.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_scan};
  return kCommand;
}

}  // namespace seawall::cli
