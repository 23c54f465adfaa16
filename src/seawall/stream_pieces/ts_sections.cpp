#include "seawall/stream_pieces/ts_sections.h"

#include <algorithm>

namespace seawall {
namespace {

constexpr std::size_t kSectionHead = 8;
constexpr std::size_t kChecksum = 4;

unsigned at(std::span<const std::byte> bytes, std::size_t index) {
  return std::to_integer<unsigned>(bytes[index]);
}

unsigned two_at(std::span<const std::byte> bytes, std::size_t index) {
  return at(bytes, index) << 8U | at(bytes, index + 1);
}

/// CRC-32/MPEG-2; 0 over a section and its checksum.
std::uint32_t checksum(std::span<const std::byte> bytes) {
  std::uint32_t sum = 0xffffffff;
  for (const std::byte each : bytes) {
    sum ^= std::to_integer<std::uint32_t>(each) << 24U;
    for (int bit = 0; bit < 8; ++bit) sum = sum << 1U ^ ((sum & 0x80000000U) != 0 ? 0x04c11db7U : 0U);
  }
  return sum;
}

}  // namespace

std::optional<TsPacket> ts_packet(std::span<const std::byte> bytes) {
  if (bytes.size() != kTsPacketBytes || at(bytes, 0) != 0x47 || (at(bytes, 1) & 0x80U) != 0)
    return std::nullopt;
  TsPacket packet;
  packet.pid = two_at(bytes, 1) & 0x1fffU;
  packet.begins = (at(bytes, 1) & 0x40U) != 0;
  packet.scrambled = (at(bytes, 3) & 0xc0U) != 0;
  packet.counter = at(bytes, 3) & 0xfU;
  std::size_t from = 4;
  if ((at(bytes, 3) & 0x20U) != 0) {
    const std::size_t field = at(bytes, 4);
    if (5 + field > kTsPacketBytes) return std::nullopt;
    packet.random_access = field > 0 && (at(bytes, 5) & 0x40U) != 0;
    from = 5 + field;
  }
  if ((at(bytes, 3) & 0x10U) != 0) packet.payload = bytes.subspan(from);
  return packet;
}

bool TsTable::take(const TsPacket& packet, std::span<const std::byte> raw) {
  std::span<const std::byte> payload = packet.payload;
  if (packet.begins) {
    section_.clear();
    section_packets_.clear();
    if (payload.empty() || 1 + at(payload, 0) > payload.size()) return false;
    payload = payload.subspan(1 + at(payload, 0));
  } else if (section_packets_.empty()) {
    return false;  // Its beginning is not here.
  }
  section_.insert(section_.end(), payload.begin(), payload.end());
  section_packets_.insert(section_packets_.end(), raw.begin(), raw.end());
  if (section_.size() < kSectionHead) return false;
  const std::size_t size = 3 + (two_at(section_, 1) & 0xfffU);
  if (size > kBytesMax || size < kSectionHead + kChecksum) {
    section_packets_.clear();
    return false;
  }
  if (section_.size() < size) return false;
  section_.resize(size);
  const bool current = (at(section_, 5) & 1U) != 0;
  const bool right = current && checksum(section_) == 0;
  const bool other = right && section_ != whole_;
  if (other) {
    whole_ = section_;
    packets_ = section_packets_;
  }
  section_packets_.clear();
  return other;
}

std::span<const std::byte> TsTable::body() const {
  if (whole_.empty()) return {};
  return std::span(whole_).subspan(kSectionHead, whole_.size() - kSectionHead - kChecksum);
}

void TsTable::clear() { *this = TsTable(); }

std::optional<unsigned> ts_program_table(std::span<const std::byte> body) {
  for (; body.size() >= 4; body = body.subspan(4)) {
    if (two_at(body, 0) != 0) return two_at(body, 2) & 0x1fffU;  // 0: the network's.
  }
  return std::nullopt;
}

std::optional<TsVideo> ts_video(std::span<const std::byte> body) {
  if (body.size() < 4) return std::nullopt;
  const std::size_t info = two_at(body, 2) & 0xfffU;
  if (4 + info > body.size()) return std::nullopt;
  body = body.subspan(4 + info);
  while (body.size() >= 5) {
    const unsigned type = at(body, 0);
    const TsVideo video{two_at(body, 1) & 0x1fffU, type == 0x1b   ? std::optional(PictureCodec::kH264)
                                                   : type == 0x24 ? std::optional(PictureCodec::kHevc)
                                                                  : std::nullopt};
    if (video.codec || type == 0x01 || type == 0x02) return video;
    body = body.subspan(std::min<std::size_t>(body.size(), 5 + (two_at(body, 3) & 0xfffU)));
  }
  return std::nullopt;
}

}  // namespace seawall
