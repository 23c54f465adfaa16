#include "seawall/stream_srt/srt_stream.h"

#include <utility>

namespace seawall {

SrtStream::SrtStream(SrtAddress address)
    : address_(std::move(address)), place_{address_.host, address_.port, false} {}

Result<std::unique_ptr<LinkStream>> SrtStream::make(const StreamSettings& settings) {
  SEAWALL_TRY(SrtAddress address, srt_address_from_text(settings.url));
  return std::make_unique<SrtStream>(std::move(address));
}

void SrtStream::begin(Time /*now*/) { cutter_.restart(); }

Result<void> SrtStream::take(std::span<const std::byte> bytes, Time now, LinkTaker& taker) {
  return cutter_.take(
      bytes, now, taker.wants_all(), [&] { taker.on_picture(); },
      [&](LiveSegment piece) { taker.on_piece(std::move(piece)); });
}

}  // namespace seawall
