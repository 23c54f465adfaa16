#include "seawall/stream_rtmp/chunk_reader.h"

#include <algorithm>

namespace seawall {
namespace {

constexpr std::uint32_t kExtended = 0xffffff;
constexpr std::array<std::size_t, 4> kMessageHeaderBytes{11, 7, 3, 0};

std::uint32_t big_endian(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (const std::byte each : bytes) value = value << 8 | std::to_integer<std::uint32_t>(each);
  return value;
}

std::uint32_t little_endian(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i)
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[i - 1]);
  return value;
}

}  // namespace

bool RtmpChunkReader::is_read(std::uint8_t type) {
  switch (type) {
    case RtmpMessage::kSetChunkSize:
    case RtmpMessage::kAbort:
    case RtmpMessage::kUserControl:
    case RtmpMessage::kWindowSize:
    case RtmpMessage::kPeerBandwidth:
    case RtmpMessage::kVideo:
    case RtmpMessage::kCommandAmf3:
    case RtmpMessage::kCommandAmf0:
    case RtmpMessage::kAggregate:
      return true;
    default:
      return false;
  }
}

std::size_t RtmpChunkReader::basic_bytes() const {
  const auto low = std::to_integer<std::uint8_t>(header_[0]) & 0x3fU;
  return low == 0 ? 2 : low == 1 ? 3 : 1;
}

std::uint32_t RtmpChunkReader::header_channel() const {
  const auto low = std::to_integer<std::uint32_t>(header_[0]) & 0x3fU;
  if (low == 0) return 64 + std::to_integer<std::uint32_t>(header_[1]);
  if (low == 1) return 64 + little_endian(std::span(header_).subspan(1, 2));
  return low;
}

/// How long the header is, as far as its bytes until now tell.
std::size_t RtmpChunkReader::header_bytes_needed() const {
  if (header_bytes_ == 0) return 1;
  const std::size_t basic = basic_bytes();
  if (header_bytes_ < basic) return basic;
  const auto format = std::to_integer<std::size_t>(header_[0]) >> 6;
  const std::size_t whole = basic + kMessageHeaderBytes[format];
  if (header_bytes_ < whole) return whole;
  bool extended = false;
  if (format < 3) {
    extended = big_endian(std::span(header_).subspan(basic, 3)) == kExtended;
  } else {
    const auto channel = channels_.find(header_channel());
    extended = channel != channels_.end() && channel->second.extended;
  }
  return whole + (extended ? 4 : 0);
}

Result<void> RtmpChunkReader::read_header() {
  const auto format = std::to_integer<std::size_t>(header_[0]) >> 6;
  const std::size_t basic = basic_bytes();
  const std::uint32_t id = header_channel();
  if (!channels_.contains(id) && channels_.size() >= kChannelsMax)
    return fail(Code::kLimitExceeded, "the server uses more than 64 chunk streams");
  Channel& channel = channels_[id];
  if (format != 0 && !channel.begun)
    return fail(Code::kInvalidInput, "the server's RTMP chunks begin in the middle");
  const std::span<const std::byte> fields = std::span(header_).subspan(basic);
  const bool starts = channel.left == 0;
  if (!starts && format < 3) drop(channel);  // A message that another one replaces.
  const bool new_message = starts || format < 3;
  if (format < 3) {
    channel.time_field = big_endian(fields.first(3));
    channel.extended = channel.time_field == kExtended;
  }
  if (format < 2) {
    channel.size = big_endian(fields.subspan(3, 3));
    channel.type = std::to_integer<std::uint8_t>(fields[6]);
  }
  if (format == 0) channel.stream = little_endian(fields.subspan(7, 4));
  std::uint32_t time = channel.time_field;
  if (channel.extended) time = big_endian(fields.subspan(kMessageHeaderBytes[format], 4));
  channel.begun = true;
  if (new_message) {
    channel.time_ms = format == 0 ? time : channel.time_ms + time;
    channel.left = channel.size;
    if (is_read(channel.type) && channel.size > kMessageBytesMax)
      return fail(Code::kLimitExceeded, "the server sends a message of more than 4 MiB");
  }
  current_ = &channel;
  chunk_left_ = std::min(channel.left, chunk_bytes_);
  return {};
}

void RtmpChunkReader::drop(Channel& channel) {
  bytes_ -= channel.body.size();
  channel.body = {};
  channel.left = 0;
}

Result<void> RtmpChunkReader::end_message(Channel& channel, OnMessage on_message) {
  RtmpMessage message{channel.type, channel.stream, channel.time_ms, {}};
  message.body.swap(channel.body);
  bytes_ -= message.body.size();
  if (message.type == RtmpMessage::kSetChunkSize && message.body.size() >= 4) {
    chunk_bytes_ = big_endian(std::span(message.body).first(4)) & 0x7fffffffU;
    if (chunk_bytes_ == 0) return fail(Code::kInvalidInput, "the server wants chunks of no size");
  }
  if (message.type == RtmpMessage::kAbort && message.body.size() >= 4) {
    const auto aborted = channels_.find(big_endian(std::span(message.body).first(4)));
    if (aborted != channels_.end()) drop(aborted->second);
  }
  if (!is_read(message.type)) return {};
  return on_message(std::move(message));
}

Result<void> RtmpChunkReader::take_body(std::span<const std::byte>& bytes, OnMessage on_message) {
  Channel& channel = *current_;
  const std::size_t count = std::min<std::size_t>(bytes.size(), chunk_left_);
  if (is_read(channel.type)) {
    if (bytes_ + count > kBytesMax)
      return fail(Code::kLimitExceeded, "the server begins more messages than it ends");
    channel.body.insert(channel.body.end(), bytes.begin(),
                        bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes_ += count;
  }
  bytes = bytes.subspan(count);
  chunk_left_ -= static_cast<std::uint32_t>(count);
  channel.left -= static_cast<std::uint32_t>(count);
  if (chunk_left_ > 0) return {};
  current_ = nullptr;
  return channel.left == 0 ? end_message(channel, on_message) : Result<void>{};
}

Result<void> RtmpChunkReader::take(std::span<const std::byte> bytes, OnMessage on_message) {
  while (!bytes.empty() || (current_ != nullptr && chunk_left_ == 0)) {
    if (current_ != nullptr) {
      SEAWALL_CHECK(take_body(bytes, on_message));
      continue;
    }
    header_[header_bytes_++] = bytes.front();
    bytes = bytes.subspan(1);
    if (header_bytes_ < header_bytes_needed()) continue;
    SEAWALL_CHECK(read_header());
    header_bytes_ = 0;
  }
  return {};
}

}  // namespace seawall
