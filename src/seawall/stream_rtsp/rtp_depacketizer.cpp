#include "seawall/stream_rtsp/rtp_depacketizer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace seawall {
namespace {

constexpr std::size_t kHeadBytes = 12;
constexpr unsigned kH264Stap = 24;
constexpr unsigned kH264Fragment = 28;
constexpr unsigned kHevcAggregate = 48;
constexpr unsigned kHevcFragment = 49;
constexpr unsigned kHevcPaci = 50;
/// Where an unwrapped time begins: a first step back leaves it above 0.
constexpr std::int64_t kFirstTicks = std::int64_t{1} << 32;

unsigned byte_at(std::span<const std::byte> bytes, std::size_t at) {
  return std::to_integer<unsigned>(bytes[at]);
}

std::uint32_t number_at(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
  std::uint32_t number = 0;
  for (const std::byte each : bytes.subspan(at, size))
    number = number << 8U | std::to_integer<unsigned>(each);
  return number;
}

}  // namespace

RtpDepacketizer::RtpDepacketizer(PictureCodec codec, unsigned payload_type)
    : codec_(codec), payload_type_(payload_type), parameters_(codec) {
  picture_.ticks = kFirstTicks;
}

void RtpDepacketizer::add_parameters(std::span<const std::byte> nal) { parameters_.take(nal); }

std::optional<RtpDepacketizer::Head> RtpDepacketizer::read_head(std::span<const std::byte> packet) const {
  if (packet.size() < kHeadBytes || byte_at(packet, 0) >> 6U != 2) return std::nullopt;
  if ((byte_at(packet, 1) & 0x7fU) != payload_type_) return std::nullopt;
  Head head;
  head.marker = (byte_at(packet, 1) & 0x80U) != 0;
  head.number = static_cast<std::uint16_t>(number_at(packet, 2, 2));
  head.ticks = number_at(packet, 4, 4);
  head.sender = number_at(packet, 8, 4);
  std::size_t from = kHeadBytes + std::size_t{4} * (byte_at(packet, 0) & 0xfU);
  if ((byte_at(packet, 0) & 0x10U) != 0) {
    if (packet.size() < from + 4) return std::nullopt;
    from += 4 + std::size_t{4} * number_at(packet, from + 2, 2);
  }
  std::size_t end = packet.size();
  if ((byte_at(packet, 0) & 0x20U) != 0) end -= std::min<std::size_t>(end, byte_at(packet, end - 1));
  if (from >= end) return std::nullopt;
  head.payload = packet.subspan(from, end - from);
  return head;
}

/// Sender, number and time: what the packet goes on from.
void RtpDepacketizer::follow(const Head& head, OnPicture on_picture) {
  if (sender_ && *sender_ != head.sender) {
    broken_ = broken_ || !picture_.bytes.empty() || !fragment_.empty();
    finish(on_picture);
    last_number_.reset();
    restarted_ = true;
  }
  const bool first = !sender_;
  sender_ = head.sender;
  const bool gap = last_number_ && head.number != static_cast<std::uint16_t>(*last_number_ + 1);
  const bool another = !first && head.ticks != last_ticks_;
  // What is missing may be of either picture.
  if (gap) broken_ = true;
  if (another) finish(on_picture);
  if (gap) broken_ = true;
  if (!first) picture_.ticks += static_cast<std::int32_t>(head.ticks - last_ticks_);
  last_ticks_ = head.ticks;
  last_number_ = head.number;
}

void RtpDepacketizer::take(std::span<const std::byte> packet, OnPicture on_picture) {
  const auto head = read_head(packet);
  if (!head) return;
  follow(*head, on_picture);
  take_payload(head->payload);
  if (head->marker) finish(on_picture);
}

void RtpDepacketizer::take_payload(std::span<const std::byte> payload) {
  const unsigned first = byte_at(payload, 0);
  if (codec_ == PictureCodec::kH264) {
    const unsigned type = first & 0x1fU;
    if (type == kH264Stap) return take_aggregate(payload.subspan(1));
    if (type == kH264Fragment && payload.size() > 2) {
      const unsigned head = byte_at(payload, 1);
      const std::array nal_head{static_cast<std::byte>((first & 0xe0U) | (head & 0x1fU))};
      return take_fragment(nal_head, (head & 0x80U) != 0, (head & 0x40U) != 0, payload.subspan(2));
    }
    if (type >= 1 && type < kH264Stap) return add_nal(payload);
  } else {
    const unsigned type = first >> 1U & 0x3fU;
    if (type == kHevcAggregate && payload.size() > 2) return take_aggregate(payload.subspan(2));
    if (type == kHevcFragment && payload.size() > 3) {
      const unsigned head = byte_at(payload, 2);
      const std::array nal_head{static_cast<std::byte>((first & 0x81U) | (head & 0x3fU) << 1U), payload[1]};
      return take_fragment(nal_head, (head & 0x80U) != 0, (head & 0x40U) != 0, payload.subspan(3));
    }
    if (type < kHevcAggregate && payload.size() > 2) return add_nal(payload);
    if (type > kHevcPaci) return;
  }
  broken_ = true;
}

void RtpDepacketizer::take_aggregate(std::span<const std::byte> units) {
  while (units.size() > 2) {
    const std::size_t size = number_at(units, 0, 2);
    if (size == 0 || size > units.size() - 2) break;
    add_nal(units.subspan(2, size));
    units = units.subspan(2 + size);
  }
  if (!units.empty()) broken_ = true;
}

void RtpDepacketizer::take_fragment(std::span<const std::byte> nal_head, bool begins, bool ends,
                                    std::span<const std::byte> bytes) {
  if (begins) {
    if (!fragment_.empty()) broken_ = true;
    fragment_.assign(nal_head.begin(), nal_head.end());
  } else if (fragment_.empty()) {
    broken_ = true;  // Its beginning is not here.
    return;
  }
  if (fragment_.size() + bytes.size() > kPictureBytesMax) {
    broken_ = true;
    fragment_.clear();
    return;
  }
  fragment_.insert(fragment_.end(), bytes.begin(), bytes.end());
  if (!ends) return;
  const std::vector<std::byte> nal = std::exchange(fragment_, {});
  add_nal(nal);
}

void RtpDepacketizer::add_nal(std::span<const std::byte> nal) {
  parameters_.take(nal);
  const NalKind kind = nal_kind(codec_, nal);
  has_slices_ = has_slices_ || kind == NalKind::kPicture || kind == NalKind::kKeyPicture;
  picture_.key = picture_.key || kind == NalKind::kKeyPicture || kind == NalKind::kRecovery;
  if (picture_.bytes.size() + nal.size() + 4 > kPictureBytesMax) {
    broken_ = true;
    return;
  }
  append_nal(picture_.bytes, nal);
}

void RtpDepacketizer::finish(OnPicture on_picture) {
  if (!fragment_.empty()) broken_ = true;
  fragment_.clear();
  parameters_.end_picture();
  if (broken_) {
    if (has_slices_ || !picture_.bytes.empty()) ++left_out_;
  } else if (has_slices_) {
    on_picture({picture_.ticks, picture_.key, std::move(picture_.bytes)});
  }
  picture_.bytes = {};
  picture_.key = has_slices_ = broken_ = false;
}

}  // namespace seawall
