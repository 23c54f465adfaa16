#include "seawall/stream_evidence/line_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "seawall/model/time_text.h"

namespace seawall {
namespace {

constexpr std::string_view kPrefix = "signals-";
constexpr std::string_view kSuffix = ".ndjson";
constexpr std::size_t kHourChars = 13;  // "2026-11-22T15"
constexpr std::chrono::hours kKeepMost{24 * 3660};

tl::unexpected<Error> fail_errno(const std::filesystem::path& path) {
  return fail(Code::kUnavailable, path.string() + ": " + std::strerror(errno));
}

}  // namespace

Result<LineFile> LineFile::open(const std::filesystem::path& path) {
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return fail_errno(path);
  return LineFile(std::move(file));
}

Result<void> LineFile::append(std::string_view line, bool durable) {
  std::string bytes(line);
  bytes += '\n';
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t wrote = ::write(file_.get(), rest.data(), rest.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return fail(Code::kUnavailable, std::string("appending a line: ") + std::strerror(errno));
    rest.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (durable && ::fdatasync(file_.get()) != 0 && errno != EINVAL && errno != EROFS)
    return fail(Code::kUnavailable, std::string("appending a line: ") + std::strerror(errno));
  return {};
}

Result<SignalWindows> SignalWindows::open(std::filesystem::path folder, std::chrono::hours keep) {
  if (keep < std::chrono::hours(1) || keep > kKeepMost)
    return fail(Code::kInvalidInput, "signals are kept for 1 hour to 10 years");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Code::kUnavailable, folder.string() + ": " + error.message());
  if (::access(folder.c_str(), W_OK) != 0) return fail_errno(folder);
  return SignalWindows(std::move(folder), keep);
}

Result<void> SignalWindows::append(std::string_view line, Time now) {
  std::string hour = to_text(now).substr(0, kHourChars);
  if (!file_ || hour != hour_) {
    SEAWALL_TRY(file_, LineFile::open(folder_ / (std::string(kPrefix) + hour + std::string(kSuffix))));
    hour_ = std::move(hour);
    forget_before(now - keep_);
  }
  return file_->append(line, false);
}

/// By their names alone: other files stay.
void SignalWindows::forget_before(Time time) const {
  const std::string first = to_text(time).substr(0, kHourChars);
  std::error_code error;
  for (const auto& each : std::filesystem::directory_iterator(folder_, error)) {
    const std::string name = each.path().filename().string();
    const bool ours = name.size() == kPrefix.size() + kHourChars + kSuffix.size() &&
                      name.starts_with(kPrefix) && name.ends_with(kSuffix);
    if (ours && name.substr(kPrefix.size(), kHourChars) < first) std::filesystem::remove(each.path(), error);
  }
}

}  // namespace seawall
