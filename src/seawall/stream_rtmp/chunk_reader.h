#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"

namespace seawall {

/// One message of RTMP, put together from its chunks.
struct RtmpMessage {
  enum Type : std::uint8_t {
    kSetChunkSize = 1,
    kAbort = 2,
    kAcknowledgement = 3,
    kUserControl = 4,
    kWindowSize = 5,
    kPeerBandwidth = 6,
    kAudio = 8,
    kVideo = 9,
    kCommandAmf3 = 17,
    kCommandAmf0 = 20,
    kAggregate = 22,
  };
  std::uint8_t type = 0;
  std::uint32_t stream = 0;
  std::uint32_t time_ms = 0;
  std::vector<std::byte> body;  ///< Empty for types that is_read() passes over.
};

/// Puts messages together from the chunks that a server sends. Obeys the messages about chunks themselves
/// (size, abort). Limits: kMessageBytesMax a message, kBytesMax for all that are under way, kChannelsMax
/// chunk streams. Threads: one. Memory: those. Source: Adobe's RTMP specification 1.0, section 5.
class RtmpChunkReader {
 public:
  static constexpr std::size_t kMessageBytesMax = 4 << 20;
  static constexpr std::size_t kBytesMax = 5 << 20;
  static constexpr std::size_t kChannelsMax = 64;

  using OnMessage = FunctionRef<Result<void>(RtmpMessage)>;
  /// Takes what came next, in pieces of any size. Errors: kInvalidInput, kLimitExceeded, those of
  /// `on_message`; the connection is then of no use.
  Result<void> take(std::span<const std::byte> bytes, OnMessage on_message);

  /// Whether a player looks into messages of that type; the bytes of others are not kept.
  [[nodiscard]] static bool is_read(std::uint8_t type);

 private:
  struct Channel {
    std::uint32_t time_field = 0;
    std::uint32_t time_ms = 0;
    std::uint32_t size = 0;
    std::uint8_t type = 0;
    std::uint32_t stream = 0;
    bool extended = false;
    bool begun = false;      // A first header has come.
    std::uint32_t left = 0;  // Of the message under way.
    std::vector<std::byte> body;
  };
  [[nodiscard]] std::size_t header_bytes_needed() const;
  [[nodiscard]] std::size_t basic_bytes() const;
  [[nodiscard]] std::uint32_t header_channel() const;
  Result<void> read_header();
  Result<void> take_body(std::span<const std::byte>& bytes, OnMessage on_message);
  Result<void> end_message(Channel& channel, OnMessage on_message);
  void drop(Channel& channel);

  std::map<std::uint32_t, Channel> channels_;
  std::array<std::byte, 18> header_{};
  std::size_t header_bytes_ = 0;
  Channel* current_ = nullptr;  // Of the chunk whose body is being read.
  std::uint32_t chunk_left_ = 0;
  std::uint32_t chunk_bytes_ = 128;
  std::size_t bytes_ = 0;  // Of all bodies under way.
};

}  // namespace seawall
