#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <span>

#include "seawall/base/unique_fd.h"
#include "seawall/media_sandbox/detail/worker_launch.h"

namespace seawall::media_sandbox {

/// The pool's end has closed, or breaks the protocol: there is nothing left to live for.
struct PoolGone {};

/// The worker's end: packets to and from the pool. Any failure throws PoolGone.
class Channel {
 public:
  template <class Record>
  void send(const Record& record) const {
    const auto sent = ::send(kChannelFd, &record, sizeof record, MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(sizeof record)) throw PoolGone{};
  }
  /// The next packet, which is valid until the next call.
  std::span<const std::byte> receive() { return receive(0); }
  /// The next packet if one has come, else nothing.
  std::span<const std::byte> receive_if_any() { return receive(MSG_DONTWAIT); }
  /// The next packet, and the descriptor that came with it, if one did.
  std::span<const std::byte> receive(UniqueFd& file);

 private:
  std::span<const std::byte> receive(int flags);

  std::array<std::byte, 512> packet_{};
};

}  // namespace seawall::media_sandbox
