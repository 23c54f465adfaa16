#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// Whom a client of TLS trusts: the system's authorities, and those of a file. Threads: any, once it is made.
class TlsTrust {
 public:
  /// `ca_file`: PEM; empty: none but the system's. Errors: kInvalidInput (a file that holds none, or cannot
  /// be read), kUnavailable.
  static Result<std::shared_ptr<const TlsTrust>> open(const std::string& ca_file);
  TlsTrust(const TlsTrust&) = delete;
  TlsTrust& operator=(const TlsTrust&) = delete;
  ~TlsTrust();

 private:
  friend class TlsClient;
  struct Parts;
  explicit TlsTrust(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// A client's side of one TLS connection (1.2 or later), without the connection: what came goes in, what is
/// to be sent comes out. Its server must show a certificate for `host` that is trusted. Guarantees: nothing
/// that is put in leaves before that was checked; no message of an error holds what the server said. Memory:
/// OpenSSL's for a connection, what was put in before it stands, and at most a read. Threads: one.
class TlsClient {
 public:
  static constexpr std::size_t kWaitingMax = 64 << 10;

  /// `host`: a name or an address in numbers, IPv6 without brackets. Errors: kUnavailable.
  static Result<std::unique_ptr<TlsClient>> begin(std::shared_ptr<const TlsTrust> trust,
                                                  const std::string& host);
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient();

  /// Takes what came over the connection; appends what it says to `plain`. Errors: kUnavailable.
  Result<void> take(std::span<const std::byte> bytes, std::vector<std::byte>& plain);
  /// Errors: kLimitExceeded (kWaitingMax), kUnavailable.
  Result<void> put(std::span<const std::byte> plain);
  /// What is to be sent over the connection now; then nothing until more is.
  [[nodiscard]] std::vector<std::byte> take_output();

 private:
  struct Parts;
  explicit TlsClient(std::unique_ptr<Parts> parts);
  Result<void> go_on();
  std::unique_ptr<Parts> parts_;
};

}  // namespace seawall
