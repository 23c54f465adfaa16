#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/http/server.h"

struct ssl_st;
struct ssl_ctx_st;

namespace seawall {

/// Certificates, key and client CAs of one listener, ready for use. Immutable; shared by its connections.
class TlsContext {
 public:
  /// Reads the files. Errors: kInvalidInput, which names the file and says what to do.
  static Result<std::shared_ptr<const TlsContext>> load(const HttpTls& tls);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  [[nodiscard]] ssl_ctx_st* get() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

enum class IoState : unsigned char { kDone, kWantsRead, kWantsWrite, kEnd, kFailed };
struct IoStep {
  IoState state;
  std::size_t bytes = 0;  ///< With kDone, at least 1.
};

/// Bytes over one non-blocking socket, with TLS or without. Does not own the socket.
/// Guarantees: never blocks; plaintext that TLS holds is zeroed once it was read. Threads: one at a time,
/// with SIGPIPE blocked where there is TLS.
class Channel {
 public:
  /// `tls` null: plain.
  Channel(int socket, std::shared_ptr<const TlsContext> tls);
  Channel(Channel&&) noexcept;
  Channel& operator=(Channel&&) = delete;
  ~Channel();

  [[nodiscard]] bool has_tls() const { return ssl_ != nullptr; }
  /// kDone: it is complete (at once without TLS).
  IoStep handshake();
  IoStep read(std::span<std::byte> into);
  /// Writes the beginning of `first`, then `second`.
  IoStep write(std::string_view first, std::string_view second);
  /// Whether bytes can be read although the socket has none.
  [[nodiscard]] bool has_pending() const;
  /// Says that nothing more will be written. Best effort.
  void end_writing();
  /// After the handshake; none without TLS.
  [[nodiscard]] std::optional<HttpTlsPeer> tls_peer() const;

 private:
  IoStep step_of(int result) const;

  int socket_;
  std::shared_ptr<const TlsContext> tls_;
  ssl_st* ssl_ = nullptr;
};

}  // namespace seawall
