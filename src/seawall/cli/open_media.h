#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"
#include "seawall/cli/command.h"
#include "seawall/cli/media_files.h"
#include "seawall/media/video_decoder.h"

namespace seawall::cli {

/// For commands that decode videos.
inline constexpr OptionSpec kVideoSecondsOption{.name = "--video-seconds",
                                                .value = "N",
                                                .help = "longest that decoding one video may take",
                                                .kind = ValueKind::kInteger,
                                                .minimum = 1,
                                                .maximum = 86'400,
                                                .default_value = "600"};

/// A file whose first bytes are those of a container for videos. Readable at any offset.
struct OpenVideo {
  UniqueFd fd;
  std::uint64_t size_bytes = 0;
  std::string_view type;  ///< sniff_video_type()'s.

  [[nodiscard]] VideoSource source() const { return {.file = fd.get(), .file_bytes = size_bytes}; }
};

/// A file that a command looks at: a video, or the bytes of anything else.
struct OpenedMedia {
  std::optional<OpenVideo> video;
  std::vector<std::byte> bytes;
};

/// Opens a file; reads it whole unless it is a video on a disk. A video on standard input is kept in memory.
/// Blocks. Threads: any. Errors: read_media's.
Result<OpenedMedia> open_media(const MediaFile& file, int stdin_fd);

/// The digests of a video's bytes; gives up when the program is told to stop. Errors: digests_of_file's.
Result<FileDigests> video_digests(const OpenVideo& video, const Console& console);

/// Whether a video decoder's error says that the file holds no video at all: music in the same container.
[[nodiscard]] inline bool is_no_video(const Error& error) { return error.code == Code::kNotFound; }
/// The error for a file that was named, in words of the command line.
[[nodiscard]] Error no_video(Error error);

/// A pool of sandboxed video workers that is started by the first video: commands that meet none need none.
class LateVideoDecoder final : public VideoDecoder {
 public:
  LateVideoDecoder(std::size_t workers, const VideoLimits& limits) : workers_(workers), limits_(limits) {}
  /// Besides the port's errors: kUnavailable when there is no worker program.
  Result<VideoInfo> decode(const VideoSource& source, const VideoOptions& options,
                           FunctionRef<bool(const VideoFrame&)> visit) override;

 private:
  std::size_t workers_;
  VideoLimits limits_;
  std::mutex mutex_;  // Guards the making of decoder_.
  std::unique_ptr<VideoDecoder> decoder_;
};

/// The limits that --video-seconds gives.
[[nodiscard]] VideoLimits video_limits_of(const Arguments& arguments);

}  // namespace seawall::cli
