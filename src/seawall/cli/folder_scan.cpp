#include "seawall/cli/folder_scan.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "seawall/base/hex.h"
#include "seawall/crypto/digest.h"
#include "seawall/json/text.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"
#include "seawall/report/json_report.h"
#include "seawall/report/thumbnail.h"

namespace seawall::cli {
namespace {

constexpr std::uint64_t kThumbnailInputBytesMax = 64 << 20;
constexpr rlim_t kOpenFilesWanted = 8192;
constexpr unsigned kThreadsMax = 256;  // Of a scan that waits for a service.

// Deep trees hold a descriptor a level; the usual soft limit of 1024 is lower than need be.
void raise_open_files_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kOpenFilesWanted) return;
  limit.rlim_cur = std::min(limit.rlim_max, kOpenFilesWanted);
  ::setrlimit(RLIMIT_NOFILE, &limit);  // A refusal leaves the limit as it was.
}

ProgressState state_of(const ScanProgress& progress) {
  ProgressState state;
  state.files_done = progress.files_done;
  state.files_resumed = progress.files_resumed;
  state.bytes_done = progress.bytes_done;
  state.bytes_resumed = progress.bytes_resumed;
  state.matches = progress.matched_files;
  state.errors = progress.error_files;
  state.files_total = progress.files_total;
  state.bytes_total = progress.bytes_total;
  state.total_known = progress.total_known;
  state.elapsed = progress.elapsed;
  return state;
}

class ConsoleObserver final : public ScanObserver {
 public:
  ConsoleObserver(Console& console, ProgressStyle style, FunctionRef<void(const FileRecord&)> print,
                  const std::function<void()>& on_stop)
      : console_(console), display_(console, style), print_(print), on_stop_(on_stop) {}

  void on_record(const FileRecord& record) override {
    // Most records print nothing; taking the bar away for those would make it flicker.
    if (console_.json() || record.error || !record.matches.empty()) display_.clear();
    print_(record);
  }
  void on_progress(const ScanProgress& progress) override {
    // The scan has seen by now that it ends, so that what fails from here on is not taken for trouble.
    if (console_.stopping()) on_stop_();
    console_.flush();
    display_.show(state_of(progress));
  }
  bool stopping() override { return console_.stopping(); }
  void finish(const ScanProgress& progress) { display_.finish(state_of(progress)); }

 private:
  Console& console_;
  ProgressDisplay display_;
  FunctionRef<void(const FileRecord&)> print_;
  const std::function<void()>& on_stop_;
};

Result<std::vector<std::byte>> read_unchanged(const std::string& path, const FileRecord& record) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return fail(Code::kNotFound, "the file is gone");
  SEAWALL_TRY(const FileStamp stamp, stamp_of(file));
  if (stamp != FileStamp{record.size_bytes, record.mtime_ns} || stamp.size_bytes > kThumbnailInputBytesMax) {
    return fail(Code::kConflict, "the file has changed or is too large");
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(stamp.size_bytes));
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got <= 0) return fail(Code::kConflict, "the file has changed");
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace

std::string shown_path(std::string_view root, std::string_view path) {
  return shown_text(path_to_utf8(joined_path(root, path)));
}

Result<std::string> canonical_folder(const std::string& path) {
  SEAWALL_TRY([[maybe_unused]] const FolderIdentity identity, folder_identity(path));
  std::error_code error;
  const auto whole = std::filesystem::canonical(path, error);
  if (error) return fail(Code::kUnavailable, "the folder's whole path cannot be found: " + error.message());
  return whole.string();
}

Result<std::string> default_state_folder(const std::string& canonical_root) {
  std::string base;
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && state[0] == '/') {
    base = state;
  } else if (const char* home = std::getenv("HOME"); home != nullptr && home[0] == '/') {
    base = std::string(home) + "/.local/state";
  } else {
    return fail(Code::kInvalidInput, "neither XDG_STATE_HOME nor HOME is set; name a folder with --state");
  }
  const FileDigests digests = digests_of(std::as_bytes(std::span(canonical_root)));
  return base + "/seawall/scan-" + to_hex(std::span(digests.sha256).first(8));
}

Result<std::unique_ptr<MediaDecoder>> make_decoder(unsigned jobs, const DecodeLimits& limits,
                                                   unsigned callers_per_job) {
  SandboxOptions options;
  options.wait_ms_max *= static_cast<int>(std::clamp(callers_per_job, 1U, 64U));
  options.workers_max = static_cast<int>(jobs);
  options.limits_max = limits;
  SEAWALL_TRY(auto decoder, SandboxedDecoder::create(std::move(options)));
  return std::unique_ptr<MediaDecoder>(std::move(decoder));
}

Result<FolderScanOptions> folder_scan_options(const Arguments& arguments, const Console& console) {
  FolderScanOptions options;
  options.root_typed = arguments.positionals()[0];
  SEAWALL_TRY(options.root, canonical_folder(options.root_typed));
  if (const auto state = arguments.text("--state")) {
    options.state = *state;
  } else {
    SEAWALL_TRY(options.state, default_state_folder(options.root));
  }
  if (arguments.flag("--resume")) options.start = JournalStart::kContinue;
  if (arguments.flag("--restart")) options.start = JournalStart::kRestart;
  const auto jobs = static_cast<unsigned>(arguments.integer("--jobs").value_or(0));
  options.scan.jobs = jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
  options.scan.walk.follow_links = arguments.flag("--follow");
  options.scan.examine.signals.decode.exact = arguments.flag("--exact");
  options.scan.retry_errors = arguments.flag("--retry-errors");
  options.progress = progress_style_from(arguments.text("--progress").value_or("auto"), console);
  options.scan.count_ahead = options.progress != ProgressStyle::kNone;
  return options;
}

Result<std::unique_ptr<Journal>> open_journal(const FolderScanOptions& options, const ScanSettings& settings,
                                              const Clock& clock) {
  return Journal::open(options.state, settings, options.start, clock);
}

Result<ScanEnd> run_folder_scan(FolderScanOptions& options, Journal& journal,
                                std::span<const ScanBank* const> banks, Console& console,
                                FunctionRef<void(const FileRecord&)> print) {
  raise_open_files_limit();
  // The state may lie inside the scanned folder; scanning it would never end.
  if (const auto state = folder_identity(options.state)) options.scan.walk.excluded_folders.push_back(*state);
  SEAWALL_TRY(const auto decoder, make_decoder(options.scan.jobs, options.scan.examine.signals.decode.limits,
                                               options.threads_per_job));
  if (options.threads_per_job > 1) {
    options.scan.jobs = std::min(options.scan.jobs * options.threads_per_job, kThreadsMax);
  }
  ConsoleObserver observer(console, options.progress, print, options.on_stop);
  SEAWALL_TRY(const ScanEnd end, scan_folder(options.root, journal, *decoder, banks, options.scan, observer));
  observer.finish(end.progress);
  return end;
}

std::optional<std::string> FileThumbnails::thumbnail_of(const FileRecord& record) {
  const auto bytes = read_unchanged(joined_path(root_, record.path), record);
  if (!bytes) return std::nullopt;
  std::optional<std::string> bmp;
  DecodeOptions options;
  options.limits.frames_max = 1;
  const auto decoded = decoder_.decode(*bytes, options, [&](const Frame& frame) {
    if (!bmp) bmp = blurred_bmp(frame.pixels);
  });
  return decoded ? bmp : std::nullopt;
}

}  // namespace seawall::cli
