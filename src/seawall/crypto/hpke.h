#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// A public X25519 key (RFC 7748).
using HpkePublicKey = std::array<std::byte, 32>;

/// Seals `text` so that only the owner of `to` opens it: HPKE (RFC 9180) in base mode, one message, with
/// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM (0x0020, 0x0001, 0x0002), no associated data.
/// `info`: what for; the same must be given to open. Gives the 32 bytes of the fresh key's public part and
/// the sealed text: kHpkeMoreBytes more than `text`. It does not say who sealed it. Threads: any. Errors:
/// kInvalidInput (`to` is no key that agrees on a secret), kLimitExceeded, kUnavailable. Source: OpenSSL for
/// X25519, HMAC and AES.
Result<std::string> hpke_seal(const HpkePublicKey& to, std::string_view text, std::string_view info);
inline constexpr std::size_t kHpkeMoreBytes = 48;
inline constexpr std::size_t kHpkeTextBytesMax = 64 * 1024;

/// A private X25519 key that opens what hpke_seal() sealed for it. Not copied, not printed; OpenSSL wipes it.
/// Threads: const functions, any.
class HpkeKey {
 public:
  /// Errors: kUnavailable.
  static Result<HpkeKey> generate();
  /// Any 32 bytes are a key (RFC 7748 section 5). Errors: kUnavailable.
  static Result<HpkeKey> from_bytes(const std::array<std::byte, 32>& bytes);
  HpkeKey(HpkeKey&&) noexcept;
  HpkeKey& operator=(HpkeKey&&) noexcept;
  ~HpkeKey();

  [[nodiscard]] const HpkePublicKey& public_key() const { return public_; }
  /// Errors: kCorrupt (sealed for another key or info, or changed), kUnavailable.
  Result<std::string> open(std::string_view sealed, std::string_view info) const;

 private:
  struct Impl;
  HpkeKey(std::unique_ptr<Impl> impl, const HpkePublicKey& key);
  std::unique_ptr<Impl> impl_;
  HpkePublicKey public_{};
};

}  // namespace seawall
