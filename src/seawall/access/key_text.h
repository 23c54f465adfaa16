#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/net/secret.h"

namespace seawall {

enum class KeyTextFault : std::uint8_t {
  kNone,
  kNotAKey,  ///< It does not begin with "swk_".
  kDamaged,  ///< Its length, a character or its checksum is wrong: mistyped or cut short.
};

/// A key's text: "swk_", its id (16 characters), "_", its secret of 256 bits (52 characters) and a checksum
/// (7), in all 80 characters of a-z, 2-7 and '_': a double click selects it, and a scanner finds
/// swk_[a-z2-7]{16}_[a-z2-7]{59}. The checksum is 35 bits of the SHA-256 of all before it: it finds typing
/// errors without a look-up, and protects nothing. The secret is zeroed at the end of the object.
class KeyText {
 public:
  static constexpr std::size_t kIdChars = 16;
  static constexpr std::size_t kChars = 80;
  using SecretBytes = std::array<std::byte, 32>;

  KeyText() = default;
  KeyText(std::string id, std::span<const std::byte, 32> secret);
  KeyText(const KeyText&) = delete;
  KeyText& operator=(const KeyText&) = delete;
  ~KeyText() { wipe_bytes(secret_.data(), secret_.size()); }

  /// Fills this from `text`, exactly. Left as it was unless kNone.
  [[nodiscard]] KeyTextFault read(std::string_view text);
  [[nodiscard]] const std::string& id() const { return id_; }
  /// What is kept of the secret: its SHA-256. See docs/access.md for why no slow hash is needed.
  [[nodiscard]] Sha256 digest() const;
  [[nodiscard]] Secret text() const;

  /// Of a new key, and of a new secret for it. Errors: kUnavailable.
  static Result<std::string> new_id();
  static Result<SecretBytes> new_secret();

 private:
  std::string id_;
  SecretBytes secret_{};
};

}  // namespace seawall
