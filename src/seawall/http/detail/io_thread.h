#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "seawall/http/detail/channel.h"
#include "seawall/http/detail/counts.h"
#include "seawall/http/detail/door.h"
#include "seawall/http/detail/sockets.h"
#include "seawall/http/server.h"

namespace seawall {

/// What all threads of a server share. Lifetime: longer than theirs.
struct ServerShared {
  HttpServerOptions options;
  HttpHandler& handler;
  const Clock& clock;
  Door door;
  /// The certificates of a listener as they are now; null: it is plain.
  std::function<std::shared_ptr<const TlsContext>(std::size_t listener)> tls_of;
  /// Hands a connection to the thread whose turn it is. `refused`: why it gets an answer and no more.
  std::function<void(AcceptedSocket, std::optional<HttpRefusalReason> refused)> hand_over;
  /// Called by a thread that was drained when its last connection is gone.
  std::function<void()> drained;
};

/// One thread with its connections: Boost.Asio's reactor around Connection. Hides Asio, so that only its
/// source is compiled with it. Threads: all but the constructor may be called from any thread.
class IoThread {
 public:
  explicit IoThread(ServerShared& shared);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void listen(UniqueFd socket, std::size_t listener);
  void add(AcceptedSocket accepted, std::optional<HttpRefusalReason> refused);
  /// Stops listening and ends idle connections. ServerShared::drained is called when none is left.
  void drain();
  /// Ends all connections and the thread; waits for it. Returns how many had a request under way.
  /// Not from this thread.
  std::size_t stop();
  [[nodiscard]] std::size_t requests_at_drain() const;
  [[nodiscard]] const ThreadCounts& counts() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace seawall
