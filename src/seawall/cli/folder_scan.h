#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/base/system_clock.h"
#include "seawall/cli/command.h"
#include "seawall/cli/progress.h"
#include "seawall/media/decoder.h"
#include "seawall/report/html_report.h"
#include "seawall/scan/journal.h"
#include "seawall/scan/scanner.h"

namespace seawall::cli {

/// What `scan` and `similar` share: options, the state folder, the sandboxed decoder, a scan with its
/// progress.

inline constexpr OptionSpec kStateOption{
    .name = "--state",
    .value = "DIR",
    .help = "keep results here (default: ~/.local/state/seawall/scan-..., one for each scanned folder)",
    .kind = ValueKind::kDirectory};
inline constexpr OptionSpec kResumeOption{.name = "--resume",
                                          .help = "continue; fail if there is nothing to continue"};
inline constexpr OptionSpec kRestartOption{.name = "--restart",
                                           .help = "forget earlier results of this scan"};
inline constexpr OptionSpec kRetryOption{.name = "--retry-errors",
                                         .help = "when continuing, look again at files with errors"};
inline constexpr OptionSpec kFollowOption{.name = "--follow",
                                          .help = "follow symbolic links; each folder is entered once"};
inline constexpr OptionSpec kExactOption{.name = "--exact", .help = "decode large pictures in full (slower)"};
inline constexpr OptionSpec kJobsOption{.name = "--jobs",
                                        .value = "N",
                                        .help = "files to examine at once; 0: one a core",
                                        .kind = ValueKind::kInteger,
                                        .minimum = 0,
                                        .maximum = 1024,
                                        .default_value = "0"};
inline constexpr OptionSpec kProgressOption{.name = "--progress",
                                            .value = "HOW",
                                            .help = "auto: a bar on a terminal; plain: a line every 10 s",
                                            .kind = ValueKind::kChoice,
                                            .choices = "auto bar plain none",
                                            .default_value = "auto"};
inline constexpr OptionSpec kReportOption{.name = "--report",
                                          .value = "FILE",
                                          .help = "write a report: FILE.json, FILE.csv or FILE.html",
                                          .kind = ValueKind::kFile,
                                          .repeatable = true};

/// The state folder that belongs to a scanned folder when --state is not given.
/// Errors: kInvalidInput when neither XDG_STATE_HOME nor HOME is set.
Result<std::string> default_state_folder(const std::string& canonical_root);

/// The folder at `path` with links resolved. Errors: kNotFound, kInvalidInput (no folder), kUnavailable.
Result<std::string> canonical_folder(const std::string& path);

/// `root`/`path` for a person at a terminal: what is not UTF-8 and every control character is written as
/// \xHH, so that a file name cannot move the cursor, break a line or change the terminal's state.
[[nodiscard]] std::string shown_path(std::string_view root, std::string_view path);

/// One that runs beside this program, as many workers as jobs, each waited for by so many callers.
/// Errors: kUnavailable.
Result<std::unique_ptr<MediaDecoder>> make_decoder(unsigned jobs, const DecodeLimits& limits,
                                                   unsigned callers_per_job = 1);

/// How the shared options were given.
struct FolderScanOptions {
  std::string root_typed;
  std::string root;
  std::string state;
  JournalStart start = JournalStart::kContinueOrBegin;
  ScanOptions scan;
  ProgressStyle progress = ProgressStyle::kNone;
  unsigned threads_per_job = 1;           ///< More than one where they mostly wait for a service.
  std::function<void()> on_stop = [] {};  ///< Called when the scan is told to stop; more than once.
};
/// Reads the options above; `arguments` must know --state, --resume, --restart, --retry-errors, --follow,
/// --exact,
/// --jobs and --progress. Errors: as canonical_folder; kInvalidInput.
Result<FolderScanOptions> folder_scan_options(const Arguments& arguments, const Console& console);

/// Opens or makes the journal. Errors: Journal::open's.
Result<std::unique_ptr<Journal>> open_journal(const FolderScanOptions& options, const ScanSettings& settings,
                                              const Clock& clock);

/// Scans with progress on standard error; `print` gets every durable record, in the order of the walk.
/// Errors: scan_folder's, and kUnavailable when there is no decoder.
Result<ScanEnd> run_folder_scan(FolderScanOptions& options, Journal& journal,
                                std::span<const ScanBank* const> banks, Console& console,
                                FunctionRef<void(const FileRecord&)> print);

/// Thumbnails of files as they are now; none for a file that has changed since its record.
/// Threads: one. Lifetime: the decoder must outlive it.
class FileThumbnails final : public ThumbnailSource {
 public:
  FileThumbnails(MediaDecoder& decoder, std::string root) : decoder_(decoder), root_(std::move(root)) {}
  std::optional<std::string> thumbnail_of(const FileRecord& record) override;

 private:
  MediaDecoder& decoder_;
  std::string root_;
};

}  // namespace seawall::cli
