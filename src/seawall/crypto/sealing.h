#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// Seals small secrets for keeping: AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits.
/// Guarantees: what was changed, or sealed with another key or for another `context`, is not opened.
/// Threads: const functions, any. Lifetime: its key is zeroed at its end.
/// Limits: texts to kTextBytesMax; at most 2^32 seals with one key, beyond which nonces could meet.
class SealingKey {
 public:
  static constexpr std::size_t kBytes = 32;
  static constexpr std::size_t kTextBytesMax = 1088 * 1024;

  explicit SealingKey(std::span<const std::byte, kBytes> key);
  SealingKey(const SealingKey&) = delete;
  SealingKey& operator=(const SealingKey&) = delete;
  ~SealingKey();

  /// Nonce, ciphertext and tag: 28 bytes more than `text`. `context` says what for and of whom; it is not
  /// kept, and must be the same to open. Errors: kLimitExceeded, kUnavailable.
  Result<std::string> seal(std::string_view text, std::string_view context) const;
  /// Errors: kCorrupt, with a sentence that says nothing of the text.
  Result<std::string> open(std::string_view sealed, std::string_view context) const;

 private:
  std::array<std::byte, kBytes> key_;
};

}  // namespace seawall
