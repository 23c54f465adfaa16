#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "seawall/base/function_ref.h"
#include "seawall/media/frame_memory.h"
#include "seawall/media_video/detail/demuxer.h"
#include "seawall/media_video/detail/time_line.h"

namespace seawall::media_video {

/// One decode: packets in, chosen frames out.
/// Threads: one. Lifetime: all that it is given must outlive it.
class DecodeJob {
 public:
  DecodeJob(const VideoOptions& options, FrameMemory& memory, FunctionRef<bool(const VideoFrame&)> visit);
  Result<VideoInfo> run(const VideoSource& source);

 private:
  enum class Step : std::uint8_t { kGoOn, kStop };

  Result<void> open_decoder();
  Result<void> read_packets();
  void note(const AVPacket& packet);
  Result<Step> use(AVPacket& packet);
  Result<Step> decode_alone(AVPacket& packet);
  Result<Step> send(const AVPacket* packet);
  Result<Step> receive_all();
  Result<Step> take(AVFrame& frame);
  Result<Step> visit(const AVFrame& frame, const TimeLine::Placed& placed);
  Result<Step> fail_or_damage(int error);
  [[nodiscard]] bool is_passed_over(const AVPacket& packet) const;
  [[nodiscard]] bool is_due(std::int64_t time_us);
  [[nodiscard]] std::optional<std::int64_t> microseconds(std::int64_t ticks) const;
  Result<VideoInfo> finish(SourceReader& reader);
  void describe_streams();
  static int get_buffer(AVCodecContext* codec, AVFrame* frame, int flags);

  const VideoOptions& options_;
  FrameMemory& memory_;
  FunctionRef<bool(const VideoFrame&)> visit_;
  Deadline deadline_;
  std::unique_ptr<Demuxer> demuxer_;
  AvPtr<AVCodecContext> codec_;
  AvPtr<AVFrame> frame_;
  std::optional<TimeLine> time_line_;
  VideoInfo info_;
  std::int64_t packets_read_ = 0;
  std::int64_t due_us_ = 0;                    ///< kInterval: the next multiple.
  std::optional<std::int64_t> last_key_us_;    ///< Of a packet.
  std::optional<std::int64_t> last_visit_us_;  ///< Of a frame.
  std::optional<std::int64_t> first_packet_us_;
  std::optional<std::int64_t> alone_us_;  ///< Time of the packet that decode_alone() has sent.
  bool too_large_ = false;
  bool unreadable_ = false;  ///< Frames came whose pixel format is not read.
};

}  // namespace seawall::media_video
