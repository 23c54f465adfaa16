// The cutter of transport streams takes whatever comes, however it arrives: memory stays bounded, and pieces
// are whole packets.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "seawall/stream_pieces/ts_cutter.h"

namespace {

using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  // The first byte says in what pieces the rest comes; the second whether all is wanted.
  const std::size_t at_once = 1 + data[0] * std::size_t{4};
  const bool wants_all = (data[1] & 1U) != 0;
  auto bytes = std::as_bytes(std::span(data, size)).subspan(2);
  TsCutter cutter;
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(at_once, bytes.size()));
    bytes = bytes.subspan(part.size());
    const auto on_piece = [](LiveSegment piece) {
      require(!piece.media.empty() && piece.media.size() <= PictureCutter::kBytesMax);
      require(piece.media.size() % kTsPacketBytes == 0);
      require(piece.init && piece.init->size() % kTsPacketBytes == 0);
    };
    if (!cutter.take(
            part, Time{}, wants_all, [] {}, on_piece))
      break;
  }
  return 0;
}
