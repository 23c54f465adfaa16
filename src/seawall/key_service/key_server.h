#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "seawall/base/bounded_queue.h"
#include "seawall/http/answer.h"
#include "seawall/key_service/key_words.h"

namespace seawall {

/// A key vault over HTTP: meant for a Unix socket, which the account of the server may reach. It believes
/// nobody who connects: what is sensitive is signed by people.
///     POST /record-keys   a new record's key
///     POST /keys          keys, for a signed statement
///     POST /statements    a statement about who is who, an order, or the vault; of a backup it gives the
///     page POST /restore       a backup, with its statement POST /settled       a proof that the log holds
///     an entry GET  /pending/vault, /pending/orders, /grants/{order}, /status, /alarms, /metrics, /health
/// There is no call that gives several records' keys but an export. Guarantees: bodies are bounded by what
/// they are for and zeroed; everything is done one after another on a thread of its own, for which at most
/// kWaitingMax requests wait, of which kMakersMax make keys and kRestoresMax restore: more are 503. Threads:
/// as HttpHandler. Lifetime: borrows the vault; the server that calls it ends first.
class KeyServer final : public HttpHandler {
 public:
  static constexpr std::size_t kWaitingMax = 128;
  static constexpr std::size_t kMakersMax = 64;
  static constexpr std::size_t kRestoresMax = 2;  ///< Each may bring kRestoreBytesMax.
  /// One of the places for requests of a kind, given back at its end.
  using Seat = std::unique_ptr<std::atomic<std::size_t>, void (*)(std::atomic<std::size_t>*)>;

  explicit KeyServer(KeyVault& vault);
  ~KeyServer() override;

  Decision admit(const HttpHead& head) override;
  void handle(HttpRequest request, HttpResponder responder) override;

 private:
  struct Letter {
    int row = 0;
    std::string captured;
    BodyBytes body;
    HttpResponder responder;
    Seat seat{nullptr, nullptr};
  };
  void run();
  bool take_seat(int row, Seat& seat);
  [[nodiscard]] Result<HttpAnswer> answer_to(const Letter& letter);
  [[nodiscard]] Result<HttpAnswer> take_statement(std::string_view text);
  [[nodiscard]] Result<HttpAnswer> take_office(const SignedStatement& statement, std::string_view backup);
  [[nodiscard]] Result<HttpAnswer> pending(std::string_view source);

  KeyVault& vault_;
  std::atomic<std::size_t> makers_{0};  // Requests under way.
  std::atomic<std::size_t> restores_{0};
  BoundedQueue<Letter> letters_{kWaitingMax};
  std::thread thread_;
};

/// Prometheus's text: seawall_keys_*. Errors: those of KeyVault.
Result<std::string> key_metrics(KeyVault& vault);

}  // namespace seawall
