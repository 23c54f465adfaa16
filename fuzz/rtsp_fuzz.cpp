// A player of RTSP, and what stands behind it, take whatever a server sends: memory stays bounded, what is to
// be sent too, pieces are never empty, and no error repeats the address or the password.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/stream_pieces/picture_cutter.h"
#include "seawall/stream_rtsp/rtsp_stream.h"

namespace {

using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

class Counter final : public RandomSource {
 public:
  std::uint64_t next() override { return ++count_; }

 private:
  std::uint64_t count_ = 0;
};

void require(bool holds) {
  if (!holds) std::abort();
}

class Taker final : public LinkTaker {
 public:
  explicit Taker(bool all) : all_(all) {}
  void on_piece(LiveSegment piece) override {
    require(!piece.media.empty() && piece.media.size() <= PictureCutter::kBytesMax);
    require(piece.init && piece.init->size() <= NalParameters::kBytesMax + 1'024);
  }
  void on_picture() override {}
  bool wants_all() override { return all_; }

 private:
  bool all_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  // The first byte says in what pieces the rest comes; the second what is wanted, and of which codec.
  const std::size_t at_once = 1 + data[0] * std::size_t{16};
  std::span<const std::byte> rest = std::as_bytes(std::span(data, size)).subspan(2);
  Counter random;
  StreamSettings settings;
  settings.url = "rtsp://user:fuzz-secret@h:554/fuzz-secret";
  auto stream = RtspStream::make(settings, random);
  Taker taker((data[1] & 1U) != 0);
  Time now{};
  (*stream)->begin(now);
  if ((data[1] & 2U) != 0) {  // It plays already.
    const std::string codec = (data[1] & 4U) != 0 ? "H265" : "H264";
    const std::string description = "m=video 0 RTP/AVP 96\na=rtpmap:96 " + codec + "/90000\n";
    const std::string begun =
        "RTSP/1.0 200 OK\nCSeq: 1\n\nRTSP/1.0 200 OK\nCSeq: 2\nContent-Length: " +
        std::to_string(description.size()) + "\n\n" + description +
        "RTSP/1.0 200 OK\nCSeq: 3\nTransport: RTP/AVP/TCP;interleaved=0-1\nSession: 1\n\n"
        "RTSP/1.0 200 OK\nCSeq: 4\n\n";
    require((*stream)->take(std::as_bytes(std::span(begun)), now, taker).has_value());
    require((*stream)->playing());
  }
  while (!rest.empty()) {
    const auto piece = rest.first(std::min(at_once, rest.size()));
    rest = rest.subspan(piece.size());
    now += std::chrono::milliseconds(100);
    const auto taken = (*stream)->take(piece, now, taker);
    require((*stream)->take_output().size() <= kLinkOutputMax);
    (*stream)->on_time(now);
    if (taken) continue;
    require(taken.error().message.find("fuzz-secret") == std::string::npos);
    break;
  }
  require((*stream)->goodbye().size() <= kLinkOutputMax);
  return 0;
}
