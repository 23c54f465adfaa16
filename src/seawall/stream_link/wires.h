#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "seawall/base/result.h"
#include "seawall/net/network.h"
#include "seawall/stream_link/link_stream.h"

namespace seawall {

/// Port: one connection. Its end closes it. Nothing blocks. Errors' messages are sentences without addresses.
class Wire {
 public:
  virtual ~Wire() = default;
  /// Asked when it was found ready for the first time: whether the connection is there.
  virtual Result<void> finish_connect() = 0;
  /// How many bytes were read; 0: none are here now. Errors: also that the other side has closed it.
  virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
  /// How many were taken; 0: none can be now.
  virtual Result<std::size_t> write(std::span<const std::byte> bytes) = 0;
};

/// Something to be done with a connection.
struct WireReady {
  std::uint64_t mark = 0;
  bool readable = false;  ///< Or failed.
  bool writable = false;
};

/// Port: makes connections and waits for them all at once. Threads: one, but wake().
class Wires {
 public:
  virtual ~Wires() = default;
  /// Begins to connect; `stream` says what else the connection needs to know.
  virtual Result<std::unique_ptr<Wire>> connect(const PeerAddress& peer, std::uint16_t port,
                                                const LinkStream& stream) = 0;
  /// Waits for this one too from now on, for writing where that is asked for. A wire that ends is forgotten.
  virtual void watch(Wire& wire, std::uint64_t mark, bool writing) = 0;
  /// Returns how many of `ready` were filled in. Ends early for wake().
  virtual std::size_t wait(std::chrono::milliseconds at_most, std::span<WireReady> ready) = 0;
  /// A descriptor of eventfd(): one that is written to ends the wait.
  [[nodiscard]] virtual int wake_descriptor() const = 0;
};

/// TCP by epoll. Errors: kUnavailable (the system has no more descriptors).
Result<std::unique_ptr<Wires>> open_tcp_wires();

}  // namespace seawall
