#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/stream_poll/live_segment.h"

namespace seawall {

/// Where a stream's server is.
struct LinkPlace {
  std::string host;  ///< A name or an address in numbers, IPv6 without brackets.
  std::uint16_t port = 0;
  bool tls = false;
};

/// Port: where a LinkStream gives what it has found.
class LinkTaker {
 public:
  virtual ~LinkTaker() = default;
  virtual void on_piece(LiveSegment piece) = 0;
  /// Video came, whether it becomes a piece or not.
  virtual void on_picture() = 0;
  /// All pictures are wanted for now, not key pictures alone.
  virtual bool wants_all() = 0;
};

/// Port: a player's side of one stream's protocol, without the connection: what came goes in, what is to be
/// sent comes out, and pieces. Lives over many connections, one at a time.
/// Guarantees asked of it: bounded memory whatever comes; no error's message holds the address, a secret or
/// the server's words. Threads: one. Pure: no clock, no waits.
class LinkStream {
 public:
  virtual ~LinkStream() = default;
  [[nodiscard]] virtual const LinkPlace& place() const = 0;
  /// A connection is there, and whatever was of an earlier one is over.
  virtual void begin(Time now) = 0;
  /// Errors end the connection: it is made anew after a while.
  virtual Result<void> take(std::span<const std::byte> bytes, Time now, LinkTaker& taker) = 0;
  /// What is to be sent now; then nothing until more is.
  virtual std::vector<std::byte> take_output() = 0;
  /// It is about to end: what is sent if it can be at once.
  virtual std::vector<std::byte> goodbye() { return {}; }
  /// Asked at least once a second: something to be sent now and then (keep-alive).
  virtual void on_time(Time /*now*/) {}
  /// Whether the server said that it plays.
  [[nodiscard]] virtual bool playing() const = 0;
  /// Whether it said last that nobody publishes, with the connection left as it is.
  [[nodiscard]] virtual bool unpublished() const { return false; }
  /// Pictures that were left out, for being too large or too many, since the stream was made.
  [[nodiscard]] virtual std::uint64_t left_out() const = 0;
};

/// At most this waits to be sent to one server.
inline constexpr std::size_t kLinkOutputMax = 64 << 10;

}  // namespace seawall
