#include "seawall/doctor/setup_checks.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "seawall/base/unique_fd.h"
#include "seawall/http/certificate_dates.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"
#include "seawall/media_sandbox/sandboxed_video_decoder.h"
#include "seawall/model/time_text.h"

namespace seawall {
namespace {

constexpr std::uint64_t kFreeBytesLeast = std::uint64_t{256} << 20;
constexpr std::uint64_t kFreeBytesGood = std::uint64_t{2} << 30;
constexpr std::int64_t kDaysToRenew = 21;
/// As the service tries its decoder (service.cpp).
constexpr std::string_view kOnePixel = "P5\n1 1\n255\n\x7f";
/// MPEG-1: a gray frame of 16 x 16.
constexpr std::array<std::uint8_t, 37> kOneFrame = {
    0x00, 0x00, 0x01, 0xB3, 0x01, 0x00, 0x10, 0x13, 0xFF, 0xFF, 0xE0, 0x18, 0x00,
    0x00, 0x01, 0xB8, 0x00, 0x08, 0x00, 0x40, 0x00, 0x00, 0x01, 0x00, 0x00, 0x0F,
    0xFF, 0xF8, 0x00, 0x00, 0x01, 0x01, 0x13, 0x5A, 0x52, 0x91, 0x10};

/// Whether a page can be written below `folder`; the file has no name and is gone at the end.
Result<void> write_page(const std::filesystem::path& folder) {
  const UniqueFd file(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  std::array<char, 4096> page{};
  if (file.get() >= 0 && ::write(file.get(), page.data(), page.size()) == ssize_t{page.size()} &&
      ::fsync(file.get()) == 0) {
    return {};
  }
  return fail(Code::kUnavailable,
              "nothing can be written below " + folder.string() + " (" + std::strerror(errno) + ")");
}

Finding free_space(const std::filesystem::path& folder) {
  constexpr std::string_view kCheck = "folder-space";
  struct statvfs about {};
  if (::statvfs(folder.c_str(), &about) != 0) {
    return warn(kCheck, "the free space below " + folder.string() + " cannot be read", "see what df says");
  }
  const std::uint64_t free = std::uint64_t{about.f_bavail} * about.f_frsize;
  const std::string text = std::to_string(free >> 20U) + " MiB are free below " + folder.string();
  if (free >= kFreeBytesGood) return good(kCheck, text);
  const std::string todo =
      "make room: an entry takes about 200 bytes of index, twice that while it is merged";
  if (free >= kFreeBytesLeast) return warn(kCheck, text, todo);
  return {std::string(kCheck), Health::kFail, text, todo, Code::kUnavailable};
}

std::string days_text(std::int64_t days) { return std::to_string(days) + (days == 1 ? " day" : " days"); }

Finding certificate(const CertificateDates& dates, std::chrono::sys_seconds now) {
  constexpr std::string_view kCheck = "certificate";
  const std::string name = dates.file + " (certificate " + std::to_string(dates.place) + ")";
  const auto left = std::chrono::duration_cast<std::chrono::days>(dates.until - now).count();
  const std::string renew = "put a new certificate in its place, then: systemctl reload seawall (SIGHUP)";
  if (dates.until <= now) {
    return bad(kCheck, {Code::kInvalidInput, name + " expired at " + to_text(dates.until)}, renew);
  }
  if (dates.from > now) {
    return bad(kCheck, {Code::kInvalidInput, name + " is not good before " + to_text(dates.from)},
               "see whether the clock of this machine is right, or take another certificate");
  }
  if (left < kDaysToRenew) return warn(kCheck, name + " ends in " + days_text(left), renew);
  return good(kCheck, name + " is good for " + days_text(left));
}

void check_readable(std::string_view check, const std::string& path, std::string_view what, Findings& out) {
  if (path.empty()) return;
  if (::access(path.c_str(), R_OK) == 0) {
    out.push_back(good(check, path + " can be read"));
  } else {
    out.push_back(bad(check, {Code::kNotFound, path + " cannot be read (" + std::strerror(errno) + ")"},
                      "name " + std::string(what) + " in the settings, readable by the service's user"));
  }
}

}  // namespace

Finding check_access_key(const ServiceSettings& settings) {
  const auto key = master_key_of(settings);
  if (!key) return bad("access-key", key.error());
  if (settings.access_key_file.empty()) return good("access-key", "$SEAWALL_ACCESS_KEY holds one");
  return good("access-key", settings.access_key_file + " holds one, for its owner alone");
}

Findings check_folder(const std::filesystem::path& folder) {
  constexpr std::string_view kCheck = "folder";
  std::error_code failed;
  const bool there = std::filesystem::is_directory(folder, failed);
  std::filesystem::path where = folder;
  if (!there && std::filesystem::exists(folder, failed)) {
    return {bad(kCheck, {Code::kInvalidInput, folder.string() + " is not a folder"}, "name another")};
  }
  while (!std::filesystem::is_directory(where, failed)) {
    where = where.has_parent_path() && where != where.parent_path() ? where.parent_path() : ".";
  }
  if (const auto written = write_page(where); !written) {
    return {bad(kCheck, written.error(),
                "run this as the service's user; then see owner, mode and mount options")};
  }
  struct stat about {};
  Findings out;
  if (!there) {
    out.push_back(good(kCheck, folder.string() + " is not there yet, and can be made"));
  } else if (::stat(folder.c_str(), &about) == 0 && (about.st_mode & 07) != 0) {
    out.push_back(warn(kCheck, "everybody on this machine may look into " + folder.string(),
                       "type: chmod o-rwx " + folder.string()));
  } else {
    out.push_back(good(kCheck, folder.string() + " can be written to"));
  }
  out.push_back(free_space(where));
  return out;
}

Findings check_certificates(const ServiceSettings& settings, const Clock& clock) {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
  Findings out;
  for (const HttpListen& listen : settings.listen) {
    if (!listen.tls) continue;
    const auto all = certificate_dates(*listen.tls);
    if (!all) {
      out.push_back(bad("certificate", all.error()));
      continue;
    }
    out.push_back(
        good("certificate-key", listen.tls->key_file + " is the key of " + listen.tls->certificate_file));
    for (const CertificateDates& dates : *all) out.push_back(certificate(dates, now));
  }
  return out;
}

Findings check_named_files(const ServiceSettings& settings) {
  Findings out;
  check_readable("subscriptions", settings.subscriptions_file, "the file of subscriptions", out);
  check_readable("webhook-ca", settings.webhook_ca_file, "a PEM file of authorities", out);
  return out;
}

Finding check_decoder(const std::string& worker_program) {
  constexpr std::string_view kTodo =
      "media_worker must lie beside seawall, or $SEAWALL_MEDIA_WORKER name it, and the system must let it "
      "start";
  SandboxOptions options;
  options.worker_program = worker_program;
  options.workers_max = 1;
  const auto decoder = SandboxedDecoder::create(options);
  if (!decoder) return bad("decoder", decoder.error(), std::string(kTodo));
  const auto bytes = std::as_bytes(std::span(kOnePixel));
  const auto decoded = (*decoder)->decode(bytes, {}, [](const Frame&) {});
  if (!decoded) {
    const Error error{Code::kUnavailable, "no picture can be decoded: " + decoded.error().message};
    return bad("decoder", error, std::string(kTodo));
  }
  return good("decoder", "a picture was decoded in a sandboxed process");
}

Finding check_video_decoder(const std::string& worker_program) {
  constexpr std::string_view kTodo =
      "to match videos: video_worker must lie beside seawall, or $SEAWALL_VIDEO_WORKER name it, and the "
      "system must let it start";
  VideoSandboxOptions options;
  options.worker_program = worker_program;
  options.workers_max = 1;
  const auto decoder = SandboxedVideoDecoder::create(options);
  if (!decoder) return warn("video-decoder", decoder.error().message, std::string(kTodo));
  const VideoSource::Bytes part = std::as_bytes(std::span(kOneFrame));
  const VideoSource source{.parts = {&part, 1}};
  int frames = 0;
  const auto decoded = (*decoder)->decode(source, {.sampling = VideoSampling::kEveryFrame},
                                          [&](const VideoFrame&) { return ++frames > 0; });
  if (!decoded || frames == 0) {
    const std::string why = decoded ? "it gave no frame" : decoded.error().message;
    return warn("video-decoder", "no video can be decoded: " + why, std::string(kTodo));
  }
  return good("video-decoder", "a video was decoded in a sandboxed process");
}

}  // namespace seawall
