#include "seawall/media_video/detail/decode_job.h"

#include <algorithm>
#include <array>
#include <string>

#include "seawall/media_video/detail/allowed.h"
#include "seawall/media_video/detail/planes.h"
#include "seawall/media_video/detail/stated_size.h"

namespace seawall::media_video {
namespace {

constexpr AVRational kMicroseconds{1, 1'000'000};
constexpr std::int64_t kUsualFrameUs = 40'000;
/// How far before its time a frame that is due could lie by its packet.
constexpr std::int64_t kPassedOverUs = 100'000;
/// Read errors in a row after which the rest is given up.
constexpr int kReadErrorsMax = 16;
/// Pictures smaller than this keep their loop filter: there its absence moves bits.
constexpr int kFastKeyframeLines = 360;
/// Above pixels_max by this much, libavcodec itself refuses; below, get_buffer() does and says why.
constexpr std::uint64_t kPixelsFactor = 4;

std::int64_t usual_frame_us(AVRational rate) {
  if (rate.num <= 0 || rate.den <= 0) return kUsualFrameUs;
  return std::clamp<std::int64_t>(::av_rescale(1'000'000, rate.den, rate.num), 1, 3'600'000'000);
}

tl::unexpected<Error> fail_late(int time_ms_max) {
  return fail(Code::kLimitExceeded,
              "decoding took longer than the limit of " + std::to_string(time_ms_max) + " ms");
}

}  // namespace

DecodeJob::DecodeJob(const VideoOptions& options, FrameMemory& memory,
                     FunctionRef<bool(const VideoFrame&)> visit)
    : options_(options), memory_(memory), visit_(visit), deadline_(options.limits.time_ms_max) {}

Result<VideoInfo> DecodeJob::run(const VideoSource& source) {
  SEAWALL_TRY(SourceReader reader, SourceReader::open(source, options_.limits.input_bytes_max));
  SEAWALL_TRY(demuxer_, Demuxer::open(reader, deadline_, options_.stream, options_.at_sight));
  describe_streams();
  if (options_.sampling != VideoSampling::kInfo) SEAWALL_CHECK(open_decoder());
  SEAWALL_CHECK(read_packets());
  return finish(reader);
}

void DecodeJob::describe_streams() {
  AVFormatContext& format = demuxer_->format();
  const AVStream& stream = demuxer_->stream();
  info_.container = format.iformat->name;
  info_.codec = ::avcodec_get_name(stream.codecpar->codec_id);
  info_.width_px = stream.codecpar->width;
  info_.height_px = stream.codecpar->height;
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    const AVStream& other = *format.streams[i];
    const bool cover = (other.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
    const AVMediaType type = other.codecpar->codec_type;
    ++(type == AVMEDIA_TYPE_VIDEO && !cover ? info_.video_streams
       : type == AVMEDIA_TYPE_AUDIO         ? info_.audio_streams
                                            : info_.other_streams);
  }
  if (const auto* matrix = reinterpret_cast<const std::int32_t*>(
          ::av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr))) {
    info_.orientation = orientation_of(matrix);
  }
  const AVRational rate = ::av_guess_frame_rate(&format, const_cast<AVStream*>(&stream), nullptr);
  const AVRational average = stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : rate;
  if (average.num > 0 && average.den > 0) {
    info_.frame_rate_num = average.num;
    info_.frame_rate_den = average.den;
  }
  info_.duration_us = std::max<std::int64_t>(
      0, microseconds(stream.duration).value_or(format.duration == AV_NOPTS_VALUE ? 0 : format.duration));
  time_line_.emplace(microseconds(stream.start_time), usual_frame_us(rate));
}

// Names the codec; one that libavcodec does not know either by the tag that the container gives it.
std::string unknown_codec(const AVCodecParameters& parameters, const VideoInfo& info) {
  const std::string inside = " in a container of the kind " + info.container;
  if (parameters.codec_id != AV_CODEC_ID_NONE) {
    return "this build does not decode " + info.codec + ", the codec of the video" + inside;
  }
  std::array<char, AV_FOURCC_MAX_STRING_SIZE> tag{};
  ::av_fourcc_make_string(tag.data(), parameters.codec_tag);
  return "the video is of a codec that this build does not know" +
         (parameters.codec_tag == 0 ? std::string() : " (tag " + std::string(tag.data()) + ")") + inside;
}

Result<void> DecodeJob::open_decoder() {
  const AVStream& stream = demuxer_->stream();
  const AVCodecParameters& parameters = *stream.codecpar;
  const AVCodec* decoder = allowed_decoder(parameters.codec_id);
  if (decoder == nullptr) return fail(Code::kUnsupported, unknown_codec(parameters, info_));
  const auto pixels_max = options_.limits.pixels_max;
  if (static_cast<std::uint64_t>(std::max(0, parameters.width)) *
          static_cast<std::uint64_t>(std::max(0, parameters.height)) >
      pixels_max) {
    return fail(Code::kLimitExceeded, "frames have more pixels than the limit");
  }
  codec_.reset(::avcodec_alloc_context3(decoder));
  frame_.reset(::av_frame_alloc());
  if (!codec_ || !frame_) return fail_memory(options_.limits.memory_bytes_max);
  if (::avcodec_parameters_to_context(codec_.get(), &parameters) < 0)
    return fail(Code::kInvalidInput, "the video's codec parameters are broken");
  codec_->pkt_timebase = stream.time_base;
  codec_->thread_count = 1;
  codec_->max_pixels =
      static_cast<std::int64_t>(std::min<std::uint64_t>(pixels_max * kPixelsFactor, INT_MAX));
  // What can be decoded is used; and pictures are cropped to the pixel, since they are copied anyway.
  codec_->flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT | AV_CODEC_FLAG_UNALIGNED;
  codec_->opaque = this;
  codec_->get_buffer2 = get_buffer;
  if (options_.sampling == VideoSampling::kKeyframes && options_.fast_keyframes &&
      std::min(parameters.width, parameters.height) >= kFastKeyframeLines) {
    codec_->skip_loop_filter = AVDISCARD_ALL;
  }
  const int opened = ::avcodec_open2(codec_.get(), decoder, nullptr);
  if (opened == AVERROR(ENOMEM)) return fail_memory(options_.limits.memory_bytes_max);
  if (opened < 0) return fail(Code::kInvalidInput, "the video's codec parameters are broken");
  return {};
}

int DecodeJob::get_buffer(AVCodecContext* codec, AVFrame* frame, int flags) {
  auto& job = *static_cast<DecodeJob*>(codec->opaque);
  const VideoLimits& limits = job.options_.limits;
  const auto width = static_cast<std::uint64_t>(std::max(0, frame->width));
  const auto height = static_cast<std::uint64_t>(std::max(0, frame->height));
  if (width * height > limits.pixels_max || std::max(frame->width, frame->height) > limits.side_px_max) {
    job.too_large_ = true;
    return AVERROR(EINVAL);
  }
  return ::avcodec_default_get_buffer2(codec, frame, flags);
}

Result<void> DecodeJob::read_packets() {
  const AvPtr<AVPacket> packet(::av_packet_alloc());
  if (!packet) return fail_memory(options_.limits.memory_bytes_max);
  for (int errors = 0; errors < kReadErrorsMax;) {
    const int got = demuxer_->read(*packet);
    if (deadline_.passed()) return fail_late(options_.limits.time_ms_max);
    if (got == AVERROR_EOF) break;
    if (got == AVERROR(ENOMEM)) return fail_memory(options_.limits.memory_bytes_max);
    if (got < 0) {
      info_.truncated = true;
      ++errors;
      continue;
    }
    errors = 0;
    if (++packets_read_ > options_.limits.packets_max) {
      return fail(Code::kLimitExceeded,
                  "the video has more than " + std::to_string(options_.limits.packets_max) + " packets");
    }
    Step step = Step::kGoOn;
    if (demuxer_->is_wanted(*packet)) {
      note(*packet);
      SEAWALL_TRY(step, use(*packet));
    }
    ::av_packet_unref(packet.get());
    if (step == Step::kStop) return {};
  }
  if (codec_ && options_.sampling != VideoSampling::kKeyframes) {
    SEAWALL_CHECK(send(nullptr));
  }
  return {};
}

std::optional<std::int64_t> DecodeJob::microseconds(std::int64_t ticks) const {
  if (ticks == AV_NOPTS_VALUE) return std::nullopt;
  const std::int64_t us = ::av_rescale_q(ticks, demuxer_->stream().time_base, kMicroseconds);
  if (us < -TimeLine::kTimeMax || us > TimeLine::kTimeMax) return std::nullopt;
  return us;
}

void DecodeJob::note(const AVPacket& packet) {
  ++info_.packets;
  if ((packet.flags & AV_PKT_FLAG_CORRUPT) != 0) info_.truncated = true;
  const bool key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
  if (key) ++info_.keyframes;
  const auto at = microseconds(packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts);
  if (!at) return;
  if (!first_packet_us_) first_packet_us_ = microseconds(demuxer_->stream().start_time).value_or(*at);
  const std::int64_t time_us = *at - *first_packet_us_;
  info_.last_us = std::max(info_.last_us, time_us);
  if (!key) return;
  info_.keyframe_gap_us_max = std::max(info_.keyframe_gap_us_max, time_us - last_key_us_.value_or(0));
  last_key_us_ = time_us;
}

Result<DecodeJob::Step> DecodeJob::use(AVPacket& packet) {
  switch (options_.sampling) {
    case VideoSampling::kInfo:
      return Step::kGoOn;
    case VideoSampling::kKeyframes:
      // The first packet stands for a keyframe, whatever its flag: else a file could hide all of them.
      if ((packet.flags & AV_PKT_FLAG_KEY) == 0 && info_.packets > 1) return Step::kGoOn;
      return decode_alone(packet);
    case VideoSampling::kInterval:
      codec_->skip_frame = is_passed_over(packet) ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
      break;
    case VideoSampling::kEveryFrame:
      break;
  }
  return send(&packet);
}

/// Whether no frame of the packet can be due: then it is decoded only if others need it. Times that had to be
/// repaired are not believed.
bool DecodeJob::is_passed_over(const AVPacket& packet) const {
  const auto at = microseconds(packet.pts);
  return at && first_packet_us_ && info_.times_repaired == 0 && info_.frames_decoded > 0 &&
         *at - *first_packet_us_ < due_us_ - kPassedOverUs;
}

/// docs/video.md, "Keyframes": without the drain the picture would come several keyframes late.
Result<DecodeJob::Step> DecodeJob::decode_alone(AVPacket& packet) {
  const auto at = microseconds(packet.pts);
  if (options_.spacing_us_min > 0 && at && first_packet_us_ && last_visit_us_ &&
      *at - *first_packet_us_ - *last_visit_us_ < options_.spacing_us_min &&
      *at - *first_packet_us_ >= *last_visit_us_) {
    return Step::kGoOn;
  }
  alone_us_ = at ? at : microseconds(packet.dts);
  // An edit list may hide a keyframe that the pictures after it need: it is looked at.
  packet.flags &= ~AV_PKT_FLAG_DISCARD;
  SEAWALL_TRY(const Step sent, send(&packet));
  if (sent == Step::kStop) return sent;
  SEAWALL_TRY(const Step drained, send(nullptr));
  ::avcodec_flush_buffers(codec_.get());
  return drained;
}

Result<DecodeJob::Step> DecodeJob::send(const AVPacket* packet) {
  const int sent = ::avcodec_send_packet(codec_.get(), packet);
  if (sent < 0 && sent != AVERROR_EOF) SEAWALL_CHECK(fail_or_damage(sent));
  return receive_all();
}

Result<DecodeJob::Step> DecodeJob::receive_all() {
  for (;;) {
    const int got = ::avcodec_receive_frame(codec_.get(), frame_.get());
    if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return Step::kGoOn;
    if (got < 0) return fail_or_damage(got);
    SEAWALL_TRY(const Step step, take(*frame_));
    ::av_frame_unref(frame_.get());
    if (step == Step::kStop) return step;
    if (deadline_.passed()) return fail_late(options_.limits.time_ms_max);
  }
}

Result<DecodeJob::Step> DecodeJob::fail_or_damage(int error) {
  if (too_large_) return fail(Code::kLimitExceeded, "frames have more pixels than the limit");
  if (error == AVERROR(ENOMEM)) return fail_memory(options_.limits.memory_bytes_max);
  info_.truncated = true;
  return Step::kGoOn;
}

Result<DecodeJob::Step> DecodeJob::take(AVFrame& frame) {
  ++info_.frames_decoded;
  const bool damaged = (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0;
  if (damaged) info_.truncated = true;
  const auto known_us = microseconds(frame.best_effort_timestamp);
  const TimeLine::Placed placed = time_line_->place(known_us ? known_us : alone_us_);
  if (placed.repaired) ++info_.times_repaired;
  if (!is_due(placed.time_us)) return Step::kGoOn;
  if (!is_readable(static_cast<AVPixelFormat>(frame.format))) {
    unreadable_ = true;
    return Step::kGoOn;
  }
  return visit(frame, placed);
}

bool DecodeJob::is_due(std::int64_t time_us) {
  switch (options_.sampling) {
    case VideoSampling::kInterval:
      if (time_us < due_us_) return false;
      due_us_ = (time_us / options_.interval_us + 1) * options_.interval_us;
      return true;
    case VideoSampling::kKeyframes:
      return !last_visit_us_ || time_us - *last_visit_us_ >= options_.spacing_us_min;
    default:
      return true;
  }
}

Result<DecodeJob::Step> DecodeJob::visit(const AVFrame& frame, const TimeLine::Placed& placed) {
  if (info_.frames_visited >= options_.limits.frames_max) {
    return fail(Code::kLimitExceeded, "the video has more than " +
                                          std::to_string(options_.limits.frames_max) + " frames to look at");
  }
  const auto start = std::chrono::steady_clock::now();
  const std::span<std::uint8_t> to = memory_.next(plane_bytes(frame));
  if (to.empty()) return fail_memory(options_.limits.memory_bytes_max);
  const Planes planes = to_planes(frame, to);
  AVStream& stream = demuxer_->stream();
  const AVRational aspect =
      ::av_guess_sample_aspect_ratio(&demuxer_->format(), &stream, const_cast<AVFrame*>(&frame));
  const bool aspect_known = aspect.num > 0 && aspect.den > 0;
  VideoFrame seen;
  seen.planes = planes.view;
  seen.orientation = orientation_of(frame).value_or(info_.orientation);
  seen.time_us = placed.time_us;
  seen.container_time_us = placed.container_us;
  seen.index = info_.frames_visited;
  seen.key = frame.key_frame != 0;
  seen.interlaced = frame.interlaced_frame != 0;
  seen.damaged = (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0;
  seen.matrix_stated = planes.matrix_stated;
  seen.aspect_num = aspect_known ? aspect.num : 1;
  seen.aspect_den = aspect_known ? aspect.den : 1;
  info_.width_px = frame.width;
  info_.height_px = frame.height;
  ++info_.frames_visited;
  last_visit_us_ = placed.time_us;
  const bool more = visit_(seen);
  deadline_.put_off(std::chrono::steady_clock::now() - start);
  info_.stopped = !more;
  return more ? Step::kGoOn : Step::kStop;
}

Result<VideoInfo> DecodeJob::finish(SourceReader& reader) {
  if (info_.packets == 0) return fail(Code::kInvalidInput, "the video stream holds no frames");
  if (options_.sampling != VideoSampling::kInfo && info_.frames_visited == 0) {
    return unreadable_ ? fail(Code::kUnsupported, "this build does not read the pixel format of the video")
                       : fail(Code::kInvalidInput, "no frame of the video could be decoded");
  }
  info_.start_us = codec_ ? time_line_->start_us() : first_packet_us_.value_or(0);
  info_.keyframe_gap_us_max = std::max(info_.keyframe_gap_us_max, info_.last_us - last_key_us_.value_or(0));
  if (!info_.stopped && (demuxer_->source_failed() || ends_early(reader))) info_.truncated = true;
  return std::move(info_);
}

}  // namespace seawall::media_video
