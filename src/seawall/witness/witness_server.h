#pragma once

#include <memory>
#include <string>
#include <thread>

#include "seawall/base/bounded_queue.h"
#include "seawall/http/answer.h"
#include "seawall/witness/witness.h"

namespace seawall {

/// A witness, or a log's signer, over HTTP.
///     POST /add-checkpoint      GET /<origin hash>/checkpoint, /vkey, /metrics, /health
/// Guarantees: a body over kBodyBytesMax is 413; what signing needs of the disk is done on a thread of its
/// own, for which at most kWaitingMax requests wait: more are 503. Threads: as HttpHandler. Lifetime: borrows
/// the witness; the server that calls it ends first.
class WitnessServer final : public HttpHandler {
 public:
  static constexpr std::size_t kBodyBytesMax = 64 * 1024;
  static constexpr std::size_t kWaitingMax = 256;

  explicit WitnessServer(Witness& witness);
  ~WitnessServer() override;

  Decision admit(const HttpHead& head) override;
  void handle(HttpRequest request, HttpResponder responder) override;

 private:
  struct Letter {
    std::string body;
    std::string origin_hash;  ///< Empty: an add-checkpoint.
    HttpResponder responder;
  };
  void run();

  Witness& witness_;
  BoundedQueue<Letter> letters_{kWaitingMax};
  std::thread thread_;
};

/// Prometheus's text: seawall_witness_*.
[[nodiscard]] std::string witness_metrics(const Witness& witness);

}  // namespace seawall
