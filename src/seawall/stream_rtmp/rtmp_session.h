#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/random_source.h"
#include "seawall/base/result.h"
#include "seawall/stream_rtmp/chunk_reader.h"
#include "seawall/stream_rtmp/rtmp_address.h"

namespace seawall {

/// A video tag as FLV has it: the body of an RTMP video message.
struct RtmpVideo {
  std::uint32_t time_ms = 0;
  std::vector<std::byte> body;
};

/// A player's side of one RTMP connection, without the connection: what came goes in, what is to be sent
/// comes out. Shakes hands (simple handshake), connects to the application, plays the stream as it is live,
/// answers pings and acknowledges. Sound and data are passed over.
/// Guarantees: whatever the server sends, memory stays within RtmpChunkReader's limits and what is to be sent
/// within kOutputMax; no message of an error holds the address or what the server said. Threads: one. Pure
/// but for `random`. Source: Adobe's RTMP specification 1.0.
class RtmpSession {
 public:
  static constexpr std::size_t kOutputMax = 64 << 10;

  RtmpSession(const RtmpAddress& address, RandomSource& random);

  using OnVideo = FunctionRef<void(RtmpVideo)>;
  /// Takes what came next. Errors: kNotFound (the server has no such stream now), kUnavailable (it refuses,
  /// or says that it is over), kInvalidInput (that is not RTMP), kLimitExceeded.
  Result<void> take(std::span<const std::byte> bytes, OnVideo on_video);
  /// What is to be sent now; then nothing until more is.
  [[nodiscard]] std::vector<std::byte> take_output() { return std::exchange(output_, {}); }

  /// Whether the server said that it plays.
  [[nodiscard]] bool playing() const { return playing_; }
  /// Whether the server said last that nobody publishes; the connection stays.
  [[nodiscard]] bool unpublished() const { return unpublished_; }

 private:
  enum class State : std::uint8_t { kShaking, kConnecting, kCreating, kPlaying };

  Result<void> take_handshake(std::span<const std::byte>& bytes);
  Result<void> on_message(RtmpMessage message, OnVideo on_video);
  Result<void> on_command(std::span<const std::byte> body);
  Result<void> on_status(const std::string& level, const std::string& code);
  Result<void> on_aggregate(const RtmpMessage& message, OnVideo on_video);
  Result<void> on_user_control(std::span<const std::byte> body);
  Result<void> play(std::uint32_t stream);
  Result<void> send(std::uint32_t channel, std::uint8_t type, std::uint32_t stream,
                    std::span<const std::byte> body);
  void put(std::span<const std::byte> bytes) { output_.insert(output_.end(), bytes.begin(), bytes.end()); }

  const RtmpAddress address_;
  RtmpChunkReader chunks_;
  State state_ = State::kShaking;
  std::vector<std::byte> shake_;  // What came of the handshake.
  std::vector<std::byte> output_;
  std::uint64_t received_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint32_t window_ = 2'500'000;
  bool playing_ = false;
  bool unpublished_ = false;
};

}  // namespace seawall
