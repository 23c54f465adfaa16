#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "seawall/base/digests.h"

namespace seawall {

/// Computes SHA-256 of bytes given in pieces (OpenSSL).
/// Threads: one object, one thread. Keep it for many digests: making one costs about 1 us.
/// Cost: about 3 ns a byte without SHA extensions, and 0.1 us a digest.
class Sha256Hasher {
 public:
  Sha256Hasher();
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;
  ~Sha256Hasher();

  void update(std::span<const std::byte> bytes);
  void update(std::string_view bytes) { update(std::as_bytes(std::span(bytes))); }
  /// The digest of everything since the start or the last finish(); starts anew.
  Sha256 finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The SHA-256 of `bytes`.
[[nodiscard]] Sha256 sha256_of(std::span<const std::byte> bytes);
[[nodiscard]] Sha256 sha256_of(std::string_view bytes);

}  // namespace seawall
