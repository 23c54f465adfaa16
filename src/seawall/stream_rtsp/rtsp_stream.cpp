#include "seawall/stream_rtsp/rtsp_stream.h"

#include <utility>

#include "seawall/stream_pieces/matroska.h"

namespace seawall {
namespace {

constexpr std::int64_t kTicksPerMs = 90;

}  // namespace

RtspStream::RtspStream(RtspAddress address, RandomSource& random)
    : address_(std::move(address)), place_{address_.host, address_.port, address_.tls}, random_(random) {}

Result<std::unique_ptr<LinkStream>> RtspStream::make(const StreamSettings& settings, RandomSource& random) {
  SEAWALL_TRY(RtspAddress address, rtsp_address_from_text(settings.url));
  return std::make_unique<RtspStream>(std::move(address), random);
}

void RtspStream::begin(Time now) {
  if (packets_) left_out_before_ += packets_->left_out();
  packets_.reset();
  session_.emplace(address_, random_, now);
  cutter_.restart();
}

std::uint64_t RtspStream::left_out() const {
  return left_out_before_ + (packets_ ? packets_->left_out() : 0) + cutter_.left_out();
}

Result<void> RtspStream::take(std::span<const std::byte> bytes, Time now, LinkTaker& taker) {
  return session_->take(bytes, [&](std::span<const std::byte> packet) { take_packet(packet, now, taker); });
}

void RtspStream::take_packet(std::span<const std::byte> packet, Time now, LinkTaker& taker) {
  if (!packets_) {
    const SdpVideo& video = *session_->video();
    packets_.emplace(video.codec, video.payload_type);
    for (const auto& nal : video.parameters) packets_->add_parameters(nal);
  }
  packets_->take(packet, [&](RtpPicture picture) { take_picture(std::move(picture), now, taker); });
}

void RtspStream::take_picture(RtpPicture picture, Time now, LinkTaker& taker) {
  taker.on_picture();
  if (packets_->take_restart()) cutter_.restart();
  // What parameters say counts from key pictures on.
  if (picture.key) cutter_.set_init(matroska_head(session_->video()->codec, packets_->parameters()));
  const std::int64_t time_ms = picture.ticks / kTicksPerMs;
  cutter_.take({time_ms, picture.key, matroska_picture(time_ms, picture.key, picture.bytes)}, now,
               taker.wants_all(), [&](LiveSegment piece) { taker.on_piece(std::move(piece)); });
}

}  // namespace seawall
