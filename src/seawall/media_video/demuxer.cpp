#include "seawall/media_video/detail/demuxer.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <string>

#include "seawall/media/video_sniff.h"
#include "seawall/media_video/detail/allowed.h"

namespace seawall::media_video {
namespace {

constexpr int kReadBytes = 128 << 10;
constexpr int kStreamsMax = 64;
constexpr int kSeenMax = 256;
constexpr std::int64_t kProbeBytes = 5 << 20;
constexpr std::int64_t kProbeMicroseconds = 3'000'000;

int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EPERM);
}

// Whether the source begins as a container that this build reads.
bool begins_as_video(SourceReader& reader) {
  std::array<std::byte, kVideoSniffBytes> first;
  return !sniff_video_type(std::span(first).first(reader.read(0, first))).empty();
}

tl::unexpected<Error> fail_open(int error) {
  switch (error) {
    case AVERROR(ENOMEM):
      return fail(Code::kLimitExceeded, "opening the video needs more memory than the limit");
    case AVERROR_EXIT:
      return fail(Code::kLimitExceeded, "opening the video took longer than the limit");
    case AVERROR_INVALIDDATA:
    case AVERROR(EINVAL):  // also what a container outside the list of allowed ones is answered with
    case AVERROR_DEMUXER_NOT_FOUND:
      return fail(Code::kUnsupported, "not a video in a container that this build reads");
    default:
      return fail(Code::kInvalidInput, "the video's container is broken before its first frame");
  }
}

}  // namespace

int Demuxer::read_bytes(void* self, std::uint8_t* to, int bytes) {
  auto& demuxer = *static_cast<Demuxer*>(self);
  if (demuxer.deadline_.passed()) return AVERROR_EXIT;
  const std::span<std::byte> out(reinterpret_cast<std::byte*>(to), static_cast<std::size_t>(bytes));
  const std::size_t got = demuxer.reader_.read(static_cast<std::uint64_t>(demuxer.position_), out);
  demuxer.position_ += static_cast<std::int64_t>(got);
  return got > 0 ? static_cast<int>(got) : AVERROR_EOF;
}

std::int64_t Demuxer::seek_to(void* self, std::int64_t offset, int whence) {
  auto& demuxer = *static_cast<Demuxer*>(self);
  const auto size = static_cast<std::int64_t>(demuxer.reader_.size());
  if ((whence & AVSEEK_SIZE) != 0) return size;
  switch (whence & ~AVSEEK_FORCE) {
    case SEEK_SET:
      break;
    case SEEK_CUR:
      offset += demuxer.position_;
      break;
    case SEEK_END:
      offset += size;
      break;
    default:
      return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  return demuxer.position_ = offset;
}

int Demuxer::is_late(void* self) { return static_cast<Demuxer*>(self)->deadline_.passed() ? 1 : 0; }

Demuxer::~Demuxer() = default;

Result<std::unique_ptr<Demuxer>> Demuxer::open(SourceReader& reader, const Deadline& deadline,
                                               int video_stream, bool at_sight) {
  if (at_sight) {
    std::unique_ptr<Demuxer> demuxer(new Demuxer(reader, deadline));
    SEAWALL_CHECK(demuxer->open_container());
    SEAWALL_TRY(const bool seen, demuxer->see(video_stream));
    if (seen) return demuxer;
  }
  std::unique_ptr<Demuxer> demuxer(new Demuxer(reader, deadline));
  SEAWALL_CHECK(demuxer->open_container());
  SEAWALL_CHECK(demuxer->look_ahead());
  SEAWALL_CHECK(demuxer->choose(video_stream));
  return demuxer;
}

Result<void> Demuxer::open_container() {
  auto* buffer = static_cast<unsigned char*>(::av_malloc(kReadBytes));
  if (buffer == nullptr) return fail_open(AVERROR(ENOMEM));
  io_.reset(::avio_alloc_context(buffer, kReadBytes, 0, this, read_bytes, nullptr, seek_to));
  format_.reset(::avformat_alloc_context());
  if (!io_ || !format_) return fail_open(AVERROR(ENOMEM));
  format_->pb = io_.get();
  format_->flags |= AVFMT_FLAG_CUSTOM_IO;
  format_->interrupt_callback = {is_late, this};
  format_->io_open = refuse_to_open;
  format_->max_streams = kStreamsMax;
  format_->probesize = kProbeBytes;
  format_->max_analyze_duration = kProbeMicroseconds;
  format_->format_whitelist = ::av_strdup(kDemuxers);
  format_->codec_whitelist = ::av_strdup(kDecoders);
  format_->protocol_whitelist = ::av_strdup("none");
  AVFormatContext* context = format_.release();  // freed by the call when it fails
  const int opened = ::avformat_open_input(&context, nullptr, nullptr, nullptr);
  format_.reset(context);
  if (opened == AVERROR_INVALIDDATA && begins_as_video(reader_)) {
    return fail(Code::kInvalidInput, "the video is damaged or cut off: its container cannot be read");
  }
  if (opened < 0) return fail_open(opened);
  if (deadline_.passed()) return fail_open(AVERROR_EXIT);
  return {};
}

int Demuxer::read(AVPacket& packet) {
  if (seen_.empty()) return ::av_read_frame(format_.get(), &packet);
  ::av_packet_move_ref(&packet, seen_.front().get());
  seen_.pop_front();
  return 0;
}

/// Reads until a packet of the wanted video is there. Streams are those that have shown until then.
Result<bool> Demuxer::see(int video_stream) {
  for (int i = 0; i < kSeenMax; ++i) {
    AvPtr<AVPacket> packet(::av_packet_alloc());
    if (!packet) return fail_open(AVERROR(ENOMEM));
    const int got = ::av_read_frame(format_.get(), packet.get());
    if (got == AVERROR(ENOMEM)) return fail_open(got);
    if (deadline_.passed()) return fail_open(AVERROR_EXIT);
    if (got < 0) return false;
    seen_.push_back(std::move(packet));
    stream_ = -1;
    if (!choose(video_stream)) continue;
    if (seen_.back()->stream_index != stream_) continue;
    if (stream().codecpar->codec_id == AV_CODEC_ID_NONE) return false;
    note_size(*seen_.back());
    return true;
  }
  return false;
}

/// The size of the picture, where the container does not state it, from its first packet's headers.
void Demuxer::note_size(const AVPacket& packet) {
  AVCodecParameters& parameters = *stream().codecpar;
  if (parameters.width > 0 || packet.data == nullptr) return;
  const AvPtr<AVCodecParserContext> parser(::av_parser_init(parameters.codec_id));
  const AvPtr<AVCodecContext> codec(::avcodec_alloc_context3(nullptr));
  if (!parser || !codec || ::avcodec_parameters_to_context(codec.get(), &parameters) < 0) return;
  parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
  std::uint8_t* out = nullptr;
  int bytes = 0;
  ::av_parser_parse2(parser.get(), codec.get(), &out, &bytes, packet.data, packet.size, packet.pts,
                     packet.dts, packet.pos);
  parameters.width = std::max(0, parser->width);
  parameters.height = std::max(0, parser->height);
}

Result<void> Demuxer::look_ahead() {
  // What fails here shows again while reading.
  if (const int found = ::avformat_find_stream_info(format_.get(), nullptr); found == AVERROR(ENOMEM))
    return fail_open(found);
  if (deadline_.passed()) return fail_open(AVERROR_EXIT);
  return {};
}

Result<void> Demuxer::choose(int video_stream) {
  int videos = 0;
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    AVStream& candidate = *format_->streams[i];
    const bool cover = (candidate.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
    const bool video = candidate.codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !cover;
    if (video && videos++ == video_stream) {
      stream_ = static_cast<int>(i);
    } else {
      candidate.discard = AVDISCARD_ALL;
    }
  }
  if (stream_ >= 0) return {};
  if (videos == 0) return fail(Code::kNotFound, "the file holds no video stream");
  return fail(Code::kUnsupported, "the file has no video stream number " + std::to_string(video_stream) +
                                      "; it has " + std::to_string(videos));
}

}  // namespace seawall::media_video
