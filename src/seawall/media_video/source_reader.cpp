#include "seawall/media_video/detail/source_reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace seawall::media_video {
namespace {

std::uint64_t size_of(int file) {
  struct stat facts {};
  if (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) return 0;
  return static_cast<std::uint64_t>(facts.st_size);
}

}  // namespace

Result<SourceReader> SourceReader::open(const VideoSource& source, std::uint64_t bytes_max) {
  SourceReader reader;
  if (source.file >= 0) {
    reader.file_ = source.file;
    reader.size_ = source.file_bytes != 0 ? source.file_bytes : size_of(source.file);
    if (reader.size_ == 0) return fail(Code::kInvalidInput, "the video is empty or not a regular file");
  } else {
    if (source.parts.size() > VideoSource::kPartsMax) return fail(Code::kInvalidInput, "too many parts");
    for (const VideoSource::Bytes part : source.parts) {
      if (part.empty()) continue;
      reader.parts_.push_back(part);
      reader.size_ += part.size();
    }
    if (reader.size_ == 0) return fail(Code::kInvalidInput, "the video is empty");
  }
  if (reader.size_ > bytes_max) {
    return fail(Code::kLimitExceeded, "a video of " + std::to_string(reader.size_) +
                                          " bytes is over the limit of " + std::to_string(bytes_max) +
                                          " bytes");
  }
  return reader;
}

std::size_t SourceReader::read(std::uint64_t offset, std::span<std::byte> out) {
  std::size_t got = 0;
  if (file_ >= 0) {
    if (offset >= size_) return 0;
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset)));
    while (got < out.size()) {
      const ssize_t n = ::pread(file_, out.data() + got, out.size() - got, static_cast<off_t>(offset + got));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        failed_ = failed_ || n < 0;
        break;
      }
      got += static_cast<std::size_t>(n);
    }
    return got;
  }
  for (const VideoSource::Bytes part : parts_) {
    if (got == out.size()) break;
    if (offset >= part.size()) {
      offset -= part.size();
      continue;
    }
    const auto from = part.subspan(static_cast<std::size_t>(offset));
    const std::size_t n = std::min(from.size(), out.size() - got);
    std::memcpy(out.data() + got, from.data(), n);
    got += n;
    offset = 0;
  }
  return got;
}

}  // namespace seawall::media_video
