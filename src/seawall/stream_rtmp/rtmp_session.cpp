#include "seawall/stream_rtmp/rtmp_session.h"

#include <algorithm>
#include <array>
#include <optional>

#include "seawall/stream_rtmp/amf0.h"

namespace seawall {
namespace {

constexpr std::size_t kShakeBytes = 1536;
constexpr std::byte kVersion{3};
constexpr std::size_t kOwnChunkBytes = 128;
constexpr std::uint32_t kControlChannel = 2;
constexpr std::uint32_t kCommandChannel = 3;
constexpr std::uint32_t kPlayChannel = 8;
/// Without being told, servers send these to nobody.
constexpr std::array<std::string_view, 4> kEnhancedCodecs{"avc1", "hvc1", "av01", "vp09"};
constexpr double kConnectNumber = 1;
constexpr double kCreateNumber = 2;
constexpr double kPlayNumber = 3;
constexpr std::uint32_t kBufferMs = 1'000;
constexpr std::size_t kAggregateHead = 11;
/// A window that a server asks for is kept to within these.
constexpr std::uint32_t kWindowLeast = 4'096;
constexpr std::uint32_t kWindowMost = 16 << 20;

enum UserControl : std::uint16_t { kStreamEof = 1, kSetBufferLength = 3, kPing = 6, kPong = 7 };

std::uint32_t big_endian(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (const std::byte each : bytes) value = value << 8 | std::to_integer<std::uint32_t>(each);
  return value;
}

template <std::size_t Bytes>
void append(std::vector<std::byte>& out, std::uint64_t value) {
  for (std::size_t i = Bytes; i > 0; --i) out.push_back(static_cast<std::byte>(value >> (8 * (i - 1))));
}

}  // namespace

RtmpSession::RtmpSession(const RtmpAddress& address, RandomSource& random) : address_(address) {
  output_.push_back(kVersion);
  output_.resize(1 + 8);  // Time 0, and 0: the simple handshake.
  while (output_.size() < 1 + kShakeBytes) append<8>(output_, random.next());
  output_.resize(1 + kShakeBytes);
}

Result<void> RtmpSession::send(std::uint32_t channel, std::uint8_t type, std::uint32_t stream,
                               std::span<const std::byte> body) {
  if (output_.size() + body.size() + 2 * kOwnChunkBytes > kOutputMax)
    return fail(Code::kLimitExceeded, "the server asks for more answers than it takes");
  output_.push_back(static_cast<std::byte>(channel));
  append<3>(output_, 0);
  append<3>(output_, body.size());
  output_.push_back(static_cast<std::byte>(type));
  for (int shift = 0; shift < 32; shift += 8) output_.push_back(static_cast<std::byte>(stream >> shift));
  for (std::size_t from = 0; from < body.size(); from += kOwnChunkBytes) {
    if (from > 0) output_.push_back(static_cast<std::byte>(0xc0U | channel));
    put(body.subspan(from, std::min(kOwnChunkBytes, body.size() - from)));
  }
  return {};
}

Result<void> RtmpSession::take_handshake(std::span<const std::byte>& bytes) {
  const std::size_t count = std::min(bytes.size(), 1 + 2 * kShakeBytes - shake_.size());
  const bool had_first = shake_.size() >= 1 + kShakeBytes;
  shake_.insert(shake_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
  bytes = bytes.subspan(count);
  if (shake_.front() != kVersion) return fail(Code::kInvalidInput, "the server does not speak RTMP");
  if (!had_first && shake_.size() >= 1 + kShakeBytes) put(std::span(shake_).subspan(1, kShakeBytes));
  if (shake_.size() < 1 + 2 * kShakeBytes) return {};
  shake_ = {};
  state_ = State::kConnecting;
  Amf0Writer words;
  words.text("connect").number(kConnectNumber).begin_object();
  words.key("app").text(address_.app).key("flashVer").text("LNX 9,0,124,2");
  words.key("tcUrl").text(address_.application_url()).key("fpad").boolean(false);
  words.key("capabilities").number(15).key("audioCodecs").number(4071).key("videoCodecs").number(252);
  words.key("videoFunction").number(1).key("fourCcList").texts(kEnhancedCodecs).end_object();
  return send(kCommandChannel, RtmpMessage::kCommandAmf0, 0, words.take());
}

Result<void> RtmpSession::take(std::span<const std::byte> bytes, OnVideo on_video) {
  received_ += bytes.size();
  while (state_ == State::kShaking && !bytes.empty()) SEAWALL_CHECK(take_handshake(bytes));
  if (state_ != State::kShaking) {
    const auto take_message = [&](RtmpMessage message) { return on_message(std::move(message), on_video); };
    SEAWALL_CHECK(chunks_.take(bytes, take_message));
  }
  if (received_ - acknowledged_ < window_ / 2) return {};
  acknowledged_ = received_;
  std::vector<std::byte> count;
  append<4>(count, received_);
  return send(kControlChannel, RtmpMessage::kAcknowledgement, 0, count);
}

Result<void> RtmpSession::on_message(RtmpMessage message, OnVideo on_video) {
  const std::span<const std::byte> body(message.body);
  switch (message.type) {
    case RtmpMessage::kVideo:
      unpublished_ = false;
      if (!message.body.empty()) on_video({message.time_ms, std::move(message.body)});
      return {};
    case RtmpMessage::kAggregate:
      return on_aggregate(message, on_video);
    case RtmpMessage::kCommandAmf0:
      return on_command(body);
    case RtmpMessage::kCommandAmf3:
      return on_command(body.empty() ? body : body.subspan(1));
    case RtmpMessage::kUserControl:
      return on_user_control(body);
    case RtmpMessage::kWindowSize:
      if (body.size() >= 4) window_ = std::clamp(big_endian(body.first(4)), kWindowLeast, kWindowMost);
      return {};
    case RtmpMessage::kPeerBandwidth:
      return body.size() < 4 ? Result<void>{}
                             : send(kControlChannel, RtmpMessage::kWindowSize, 0, body.first(4));
    default:
      return {};
  }
}

/// Several messages in one, each as FLV has it.
Result<void> RtmpSession::on_aggregate(const RtmpMessage& message, OnVideo on_video) {
  std::span<const std::byte> rest(message.body);
  std::optional<std::uint32_t> first_ms;
  while (rest.size() >= kAggregateHead) {
    const auto type = std::to_integer<std::uint8_t>(rest[0]);
    const std::size_t size = big_endian(rest.subspan(1, 3));
    const std::uint32_t time_ms = big_endian(rest.subspan(4, 3)) | big_endian(rest.subspan(7, 1)) << 24;
    if (size > rest.size() - kAggregateHead)
      return fail(Code::kInvalidInput, "the server's messages are longer than what holds them");
    if (!first_ms) first_ms = time_ms;
    const auto body = rest.subspan(kAggregateHead, size);
    if (type == RtmpMessage::kVideo && size > 0) {
      unpublished_ = false;
      on_video({message.time_ms + (time_ms - *first_ms), {body.begin(), body.end()}});
    }
    rest = rest.subspan(std::min(rest.size(), kAggregateHead + size + 4));
  }
  return {};
}

Result<void> RtmpSession::on_user_control(std::span<const std::byte> body) {
  if (body.size() < 6) return {};
  const std::uint32_t kind = big_endian(body.first(2));
  if (kind == kStreamEof) unpublished_ = true;
  if (kind != kPing) return {};
  std::vector<std::byte> pong;
  append<2>(pong, kPong);
  pong.insert(pong.end(), body.begin() + 2, body.begin() + 6);
  return send(kControlChannel, RtmpMessage::kUserControl, 0, pong);
}

Result<void> RtmpSession::on_command(std::span<const std::byte> body) {
  SEAWALL_TRY(const RtmpCommand command, read_rtmp_command(body));
  if (command.name == "onStatus") return on_status(command.level, command.code);
  if (command.name == "_error") return fail(Code::kUnavailable, "the server refuses the application");
  if (command.name == "close") return fail(Code::kUnavailable, "the server closes the connection");
  if (command.name != "_result") return {};
  if (state_ == State::kConnecting && command.transaction == kConnectNumber) {
    state_ = State::kCreating;
    Amf0Writer words;
    words.text("createStream").number(kCreateNumber).null();
    return send(kCommandChannel, RtmpMessage::kCommandAmf0, 0, words.take());
  }
  if (state_ == State::kCreating && command.transaction == kCreateNumber) {
    state_ = State::kPlaying;
    const double id = command.number.value_or(1);
    return play(id >= 0 && id <= 4294967295.0 ? static_cast<std::uint32_t>(id) : 1);
  }
  return {};
}

Result<void> RtmpSession::play(std::uint32_t stream) {
  Amf0Writer words;
  words.text("play").number(kPlayNumber).null().text(address_.name).number(-2);
  SEAWALL_CHECK(send(kPlayChannel, RtmpMessage::kCommandAmf0, stream, words.take()));
  std::vector<std::byte> buffer;
  append<2>(buffer, kSetBufferLength);
  append<4>(buffer, stream);
  append<4>(buffer, kBufferMs);
  return send(kControlChannel, RtmpMessage::kUserControl, 0, buffer);
}

Result<void> RtmpSession::on_status(const std::string& level, const std::string& code) {
  if (code == "NetStream.Play.StreamNotFound" || code == "NetStream.Play.UnpublishNotify") {
    unpublished_ = true;
    if (level == "error") return fail(Code::kNotFound, "the server has no such stream now");
    return {};
  }
  if (code == "NetStream.Play.Stop" || code == "NetStream.Play.Complete") unpublished_ = true;
  if (code == "NetStream.Play.Start" || code == "NetStream.Play.PublishNotify") playing_ = true;
  if (level == "error") return fail(Code::kUnavailable, "the server refuses the stream");
  return {};
}

}  // namespace seawall
