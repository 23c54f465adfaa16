#include "seawall/access/master_key.h"

#include <algorithm>

#include "seawall/base/base64.h"
#include "seawall/crypto/hmac.h"
#include "seawall/crypto/random_bytes.h"

namespace seawall {

Result<MasterKey> MasterKey::from(const Credentials& credentials) {
  SEAWALL_TRY(const auto text, credentials.get(kName));
  auto bytes = from_base64(text->reveal());
  MasterKey key;
  const bool fits = bytes && bytes->size() == key.bytes_.size();
  if (fits) std::ranges::copy(std::as_bytes(std::span(*bytes)), key.bytes_.begin());
  if (bytes) wipe_bytes(bytes->data(), bytes->size());
  if (fits) return key;
  return fail(Code::kInvalidInput,
              "access_key is 32 random bytes in base64; make one with: seawall access init FILE");
}

Result<Secret> MasterKey::new_text() {
  std::array<char, 32> bytes;
  SEAWALL_CHECK(fill_with_random_bytes(std::as_writable_bytes(std::span(bytes))));
  std::string text;
  text.reserve(64);
  append_base64(text, {bytes.data(), bytes.size()});
  Secret secret(text);
  wipe_bytes(text.data(), text.size());
  wipe_bytes(bytes.data(), bytes.size());
  return secret;
}

Sha256 MasterKey::derive(std::string_view purpose) const {
  return hmac_sha256(bytes_, "seawall access 1: " + std::string(purpose) + '\x01');
}

}  // namespace seawall
