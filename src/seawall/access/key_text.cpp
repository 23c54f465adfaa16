#include "seawall/access/key_text.h"

#include <algorithm>

#include "seawall/access/detail/base32.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/crypto/sha256.h"

namespace seawall {
namespace {

constexpr std::string_view kPrefix = "swk_";
constexpr std::size_t kSecretChars = 52;
constexpr std::size_t kCheckChars = 7;
constexpr std::size_t kIdBytes = 10;

std::string checksum_of(std::string_view text) {
  const Sha256 digest = sha256_of(text);
  return access_detail::to_base32(std::span(digest).first(5)).substr(0, kCheckChars);
}

}  // namespace

KeyText::KeyText(std::string id, std::span<const std::byte, 32> secret) : id_(std::move(id)) {
  std::ranges::copy(secret, secret_.begin());
}

KeyTextFault KeyText::read(std::string_view text) {
  if (!text.starts_with(kPrefix)) return KeyTextFault::kNotAKey;
  if (text.size() != kChars) return KeyTextFault::kDamaged;
  const std::string_view id = text.substr(kPrefix.size(), kIdChars);
  const std::size_t secret_at = kPrefix.size() + kIdChars + 1;
  std::array<std::byte, kIdBytes> id_bytes;
  SecretBytes secret;
  const bool fits = text[secret_at - 1] == '_' && access_detail::from_base32(id, id_bytes) &&
                    access_detail::from_base32(text.substr(secret_at, kSecretChars), secret) &&
                    checksum_of(text.substr(0, kChars - kCheckChars)) == text.substr(kChars - kCheckChars);
  if (fits) {
    id_ = id;
    secret_ = secret;
  }
  wipe_bytes(secret.data(), secret.size());
  return fits ? KeyTextFault::kNone : KeyTextFault::kDamaged;
}

Sha256 KeyText::digest() const { return sha256_of(secret_); }

Secret KeyText::text() const {
  std::string text;
  text.reserve(kChars);
  std::string secret = access_detail::to_base32(secret_);
  text.append(kPrefix).append(id_).append("_").append(secret);
  text.append(checksum_of(text));
  Secret out(text);
  wipe_bytes(secret.data(), secret.size());
  wipe_bytes(text.data(), text.size());
  return out;
}

Result<std::string> KeyText::new_id() {
  std::array<std::byte, kIdBytes> bytes;
  SEAWALL_CHECK(fill_with_random_bytes(bytes));
  return access_detail::to_base32(bytes);
}

Result<KeyText::SecretBytes> KeyText::new_secret() {
  SecretBytes bytes;
  SEAWALL_CHECK(fill_with_random_bytes(bytes));
  return bytes;
}

}  // namespace seawall
