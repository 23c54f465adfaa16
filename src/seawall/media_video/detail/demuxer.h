#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>

#include "seawall/media_video/detail/av_handles.h"
#include "seawall/media_video/detail/source_reader.h"

namespace seawall::media_video {

/// When a decode must end; the visitor's time does not count.
class Deadline {
 public:
  explicit Deadline(int time_ms_max)
      : end_(std::chrono::steady_clock::now() + std::chrono::milliseconds(time_ms_max)) {}
  [[nodiscard]] bool passed() const { return std::chrono::steady_clock::now() > end_; }
  void put_off(std::chrono::steady_clock::duration by) { end_ += by; }

 private:
  std::chrono::steady_clock::time_point end_;
};

/// A container, opened by the allowed demuxers over a SourceReader and nothing else: every wish to open
/// another file or address is refused.
/// Threads: one at a time. Lifetime: reader and deadline must outlive it.
class Demuxer {
 public:
  /// kUnsupported: no allowed container, or no video stream of that number; kNotFound: no video stream at
  /// all; kLimitExceeded: out of time or memory; kInvalidInput: broken before its first frame.
  /// `at_sight`: VideoOptions::at_sight.
  static Result<std::unique_ptr<Demuxer>> open(SourceReader& reader, const Deadline& deadline,
                                               int video_stream, bool at_sight = false);
  Demuxer(const Demuxer&) = delete;
  Demuxer& operator=(const Demuxer&) = delete;
  ~Demuxer();

  [[nodiscard]] AVFormatContext& format() const { return *format_; }
  [[nodiscard]] AVStream& stream() const { return *format_->streams[stream_]; }
  /// The next packet of any stream: 0, or FFmpeg's error.
  [[nodiscard]] int read(AVPacket& packet);
  [[nodiscard]] bool is_wanted(const AVPacket& packet) const { return packet.stream_index == stream_; }
  [[nodiscard]] bool source_failed() const { return reader_.failed(); }

 private:
  Demuxer(SourceReader& reader, const Deadline& deadline) : reader_(reader), deadline_(deadline) {}
  Result<void> open_container();
  Result<void> look_ahead();
  Result<bool> see(int video_stream);
  void note_size(const AVPacket& packet);
  Result<void> choose(int video_stream);
  static int read_bytes(void* self, std::uint8_t* to, int bytes);
  static std::int64_t seek_to(void* self, std::int64_t offset, int whence);
  static int is_late(void* self);

  SourceReader& reader_;
  const Deadline& deadline_;
  std::int64_t position_ = 0;
  AvPtr<AVIOContext> io_;  ///< Outlives format_, which reads through it while it closes.
  AvPtr<AVFormatContext> format_;
  std::deque<AvPtr<AVPacket>> seen_;  ///< Read by see(), still to be given.
  int stream_ = -1;
};

}  // namespace seawall::media_video
