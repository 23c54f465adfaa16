#include "seawall/stream_rtmp/rtmp_stream.h"

#include <utility>

namespace seawall {

RtmpStream::RtmpStream(RtmpAddress address, RandomSource& random)
    : address_(std::move(address)), place_{address_.host, address_.port, address_.tls}, random_(random) {}

Result<std::unique_ptr<LinkStream>> RtmpStream::make(const StreamSettings& settings, RandomSource& random) {
  SEAWALL_TRY(RtmpAddress address, rtmp_address_from_text(settings.url));
  return std::make_unique<RtmpStream>(std::move(address), random);
}

void RtmpStream::begin(Time /*now*/) {
  session_.emplace(address_, random_);
  cutter_.restart();
}

Result<void> RtmpStream::take(std::span<const std::byte> bytes, Time now, LinkTaker& taker) {
  Result<void> cut;
  const auto on_video = [&](RtmpVideo video) {
    taker.on_picture();
    if (!cut) return;
    cut = cutter_.take(std::move(video), now, taker.wants_all(),
                       [&](LiveSegment piece) { taker.on_piece(std::move(piece)); });
  };
  SEAWALL_CHECK(session_->take(bytes, on_video));
  return cut;
}

}  // namespace seawall
