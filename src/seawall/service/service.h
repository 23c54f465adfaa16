#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/service/settings.h"
#include "seawall/service/status_calls.h"

namespace seawall {

/// The look-up service: the store of the lists, a matcher that follows it, and the HTTP server in front of
/// them, in one process.
///
/// Guarantees: docs/howto/serve.md and docs/openapi.yaml. It answers as soon as it has begun to listen; until
/// the lists were read, /healthz/ready says so and look-ups fail as the caller chose. Threads: any. Its end
/// drains for no time at all: call drain() before.
class Service {
 public:
  /// What the program gives it.
  struct Host {
    std::string version;              ///< Of the program.
    std::string worker_program = {};  ///< media_worker; empty: as SandboxedDecoder finds it.
    int log_fd = 2;                   ///< Lines of JSON; below 0: none.
  };

  /// Opens everything and begins to listen. Errors: those of the store, the follower, the log, the server;
  /// each says what to do.
  static Result<std::unique_ptr<Service>> start(const ServiceSettings& settings, const Host& host);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Where each listener listens, with the port it got.
  [[nodiscard]] std::vector<std::string> addresses() const;
  [[nodiscard]] Readiness readiness() const;
  /// Reads certificates and keys of TLS anew; the old ones stay where one cannot be used.
  Result<void> reload();
  /// Says that it is not ready, waits `notice` for whoever routes traffic to see it, takes no more
  /// connections, lets requests under way be answered until `deadline`, and keeps what was counted. Blocks.
  /// True: all were answered.
  bool drain(std::chrono::milliseconds notice, std::chrono::milliseconds deadline);

 private:
  struct Parts;
  explicit Service(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace seawall
