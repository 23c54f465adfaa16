#include "seawall/crypto/detail/hpke_schedule.h"

#include <algorithm>
#include <span>
#include <string>

#include "seawall/crypto/hmac.h"

namespace seawall::hpke_detail {
namespace {

std::string number(std::size_t value) {
  return {static_cast<char>(value >> 8 & 0xFF), static_cast<char>(value & 0xFF)};
}
std::string_view text_of(const Sha256& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A suite's labelled HKDF-SHA256. RFC 9180 section 4.
class Labelled {
 public:
  explicit Labelled(std::string suite) : suite_(std::move(suite)) {}

  [[nodiscard]] Sha256 extract(std::string_view salt, std::string_view label, std::string_view secret) const {
    std::string input = "HPKE-v1" + suite_;
    input.append(label).append(secret);
    return hmac_sha256(std::as_bytes(std::span(salt)), input);
  }
  /// One block of HKDF-Expand is all that anything here needs.
  [[nodiscard]] Sha256 expand(const Sha256& key, std::string_view label, std::string_view info,
                              std::size_t bytes) const {
    std::string input = number(bytes) + "HPKE-v1" + suite_;
    input.append(label).append(info).push_back('\x01');
    return hmac_sha256(key, input);
  }

 private:
  std::string suite_;
};

constexpr std::size_t kKem = 0x0020, kKdf = 0x0001;
constexpr std::size_t kKeyBytes = 32, kShortKeyBytes = 16, kNonceBytes = 12;

}  // namespace

Sha256 shared_secret(std::string_view dh, std::string_view enc, std::string_view to) {
  const Labelled kem("KEM" + number(kKem));
  return kem.expand(kem.extract("", "eae_prk", dh), "shared_secret", std::string(enc).append(to), kKeyBytes);
}

Schedule key_schedule(const Sha256& shared, std::string_view info, std::uint8_t aead) {
  const Labelled hpke("HPKE" + number(kKem) + number(kKdf) + number(aead));
  std::string context(1, '\0');  // Base mode.
  context.append(text_of(hpke.extract("", "psk_id_hash", "")));
  context.append(text_of(hpke.extract("", "info_hash", info)));
  const Sha256 secret = hpke.extract(text_of(shared), "secret", "");
  Schedule made{.key = hpke.expand(secret, "key", context, aead == 1 ? kShortKeyBytes : kKeyBytes)};
  const Sha256 nonce = hpke.expand(secret, "base_nonce", context, kNonceBytes);
  std::copy_n(nonce.begin(), kNonceBytes, made.nonce.begin());
  return made;
}

}  // namespace seawall::hpke_detail
