// A player of RTMP and the cutter behind it take whatever a server sends: memory stays bounded, what is to be
// sent too, pieces are never empty, and no error repeats the address.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/stream_rtmp/flv_cutter.h"
#include "seawall/stream_rtmp/rtmp_session.h"

namespace {

class Counter final : public seawall::RandomSource {
 public:
  std::uint64_t next() override { return ++count_; }

 private:
  std::uint64_t count_ = 0;
};

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seawall;
  if (size < 2) return 0;
  // The first byte says in what pieces the rest comes; the second whether the handshake is spared.
  const std::size_t at_once = 1 + data[0] * std::size_t{16};
  const bool spared = (data[1] & 1U) != 0;
  std::span<const std::byte> rest = std::as_bytes(std::span(data, size)).subspan(2);
  Counter random;
  RtmpSession session({.host = "h", .port = 1935, .app = "live", .name = "fuzz-secret"}, random);
  FlvCutter cutter;
  const auto on_video = [&](RtmpVideo video) {
    require(!video.body.empty());
    const auto taken = cutter.take(std::move(video), Time{}, (data[1] & 2U) != 0, [](LiveSegment piece) {
      require(!piece.media.empty() && piece.media.size() <= PictureCutter::kBytesMax);
      require(piece.init && piece.init->size() >= 13 &&
              piece.init->size() <= FlvCutter::kHeaderBytesMax + 1'024);
    });
    if (!taken) require(taken.error().message.find("fuzz-secret") == std::string::npos);
  };
  if (spared) {
    std::vector<std::byte> shake(1 + 2 * 1536);
    shake[0] = std::byte{3};
    require(session.take(shake, on_video).has_value());
    (void)session.take_output();
  }
  while (!rest.empty()) {
    const auto piece = rest.first(std::min(at_once, rest.size()));
    rest = rest.subspan(piece.size());
    const auto taken = session.take(piece, on_video);
    require(session.take_output().size() <= RtmpSession::kOutputMax);
    if (taken) continue;
    require(taken.error().message.find("fuzz-secret") == std::string::npos);
    break;
  }
  return 0;
}
