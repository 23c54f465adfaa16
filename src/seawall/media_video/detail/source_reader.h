#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/media/video_decoder.h"

namespace seawall::media_video {

/// Reads a VideoSource at any offset: the file by pread alone, parts as if they lay one after the other.
/// Threads: one at a time. Lifetime: that of the source.
class SourceReader {
 public:
  /// kInvalidInput: neither a regular file nor parts, too many parts, or nothing in them. kLimitExceeded:
  /// more than `bytes_max`.
  static Result<SourceReader> open(const VideoSource& source, std::uint64_t bytes_max);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Fills `out` from `offset` on; the number of bytes got, which is smaller at the end, and 0 beyond it or
  /// where the file cannot be read.
  [[nodiscard]] std::size_t read(std::uint64_t offset, std::span<std::byte> out);
  /// Whether the system failed to read what should be there.
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  int file_ = -1;
  std::vector<VideoSource::Bytes> parts_;
  std::uint64_t size_ = 0;
  bool failed_ = false;
};

}  // namespace seawall::media_video
