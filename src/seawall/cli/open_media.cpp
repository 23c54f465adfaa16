#include "seawall/cli/open_media.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "seawall/cli/input_file.h"
#include "seawall/media/memory_file.h"
#include "seawall/media/video_sniff.h"
#include "seawall/media_sandbox/sandboxed_video_decoder.h"
#include "seawall/video_signals/video_signals.h"

namespace seawall::cli {
namespace {

constexpr std::uint64_t kDigestBytesMax = 1ULL << 40;

// Empty when it is no regular file or no video.
std::optional<OpenVideo> as_video(UniqueFd& fd) {
  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  std::array<std::byte, kVideoSniffBytes> first;
  const ssize_t got = ::pread(fd.get(), first.data(), first.size(), 0);
  if (got <= 0) return std::nullopt;
  const std::string_view type = sniff_video_type(std::span(first).first(static_cast<std::size_t>(got)));
  if (type.empty()) return std::nullopt;
  return OpenVideo{std::move(fd), static_cast<std::uint64_t>(status.st_size), type};
}

Result<UniqueFd> open_file(const MediaFile& file) {
  if (file.walked) return file.walked->open();
  UniqueFd fd = open_input(file.path);
  if (!fd) return tl::unexpected(path_error(file.path, errno));
  return fd;
}

}  // namespace

Result<OpenedMedia> open_media(const MediaFile& file, int stdin_fd) {
  OpenedMedia media;
  if (file.error) return tl::unexpected(Error(*file.error));
  if (!file.is_stdin) {
    SEAWALL_TRY(UniqueFd fd, open_file(file));
    media.video = as_video(fd);
    if (!media.video) SEAWALL_CHECK(read_whole(fd.get(), file.path, kMediaBytesMax, media.bytes));
    return media;
  }
  SEAWALL_CHECK(read_media(file, stdin_fd, media.bytes));
  if (!sniff_video_type(media.bytes).empty()) {
    SEAWALL_TRY(UniqueFd fd, file_in_memory(media.bytes));
    media.video = as_video(fd);
    media.bytes.clear();
  }
  return media;
}

Result<FileDigests> video_digests(const OpenVideo& video, const Console& console) {
  return digests_of_file(video.fd.get(), kDigestBytesMax, [&] { return console.stopping(); });
}

Error no_video(Error error) {
  if (is_no_video(error)) error.code = Code::kUnsupported;
  return error;
}

Result<VideoInfo> LateVideoDecoder::decode(const VideoSource& source, const VideoOptions& options,
                                           FunctionRef<bool(const VideoFrame&)> visit) {
  {
    const std::scoped_lock lock(mutex_);
    if (!decoder_) {
      VideoSandboxOptions how;
      how.workers_max = static_cast<int>(workers_);
      how.limits_max = limits_;
      SEAWALL_TRY(decoder_, SandboxedVideoDecoder::create(std::move(how)));
    }
  }
  return decoder_->decode(source, options, visit);
}

VideoLimits video_limits_of(const Arguments& arguments) {
  VideoLimits limits;
  limits.time_ms_max = static_cast<int>(*arguments.integer("--video-seconds") * 1000);
  return limits;
}

}  // namespace seawall::cli
