#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"

namespace seawall {

/// A message of RTSP: an answer, or a request of the server's own.
struct RtspMessage {
  int status = 0;      ///< 0: a request.
  std::string method;  ///< Of a request.
  std::vector<std::pair<std::string, std::string>>
      fields;  ///< Names in lower case, values without blanks around.
  std::string body;

  /// The first field of that name; empty: there is none.
  [[nodiscard]] std::string_view field(std::string_view name) const;
};

/// Takes apart what comes over an RTSP connection: messages, and packets of RTP between them (interleaved).
/// Guarantees: whatever comes, memory within kHeadBytesMax, kBodyBytesMax and one packet. Threads: one. Pure.
/// Source: RFC 2326 sections 4, 10.12, 15.1.
class RtspReader {
 public:
  static constexpr std::size_t kHeadBytesMax = 16 << 10;
  static constexpr std::size_t kFieldsMax = 64;
  static constexpr std::size_t kBodyBytesMax = 256 << 10;

  using OnMessage = FunctionRef<Result<void>(RtspMessage)>;
  using OnPacket = FunctionRef<Result<void>(unsigned channel, std::span<const std::byte>)>;
  /// Errors: kInvalidInput (that is not RTSP), kLimitExceeded, those of the calls. None after an error.
  Result<void> take(std::span<const std::byte> bytes, OnMessage on_message, OnPacket on_packet);

 private:
  /// How many bytes of `bytes` were used; 0: more must come.
  Result<std::size_t> take_one(std::span<const std::byte> bytes, OnMessage on_message, OnPacket on_packet);

  std::vector<std::byte> kept_;  // The beginning of a message or packet.
};

}  // namespace seawall
