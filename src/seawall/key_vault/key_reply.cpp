#include "seawall/key_vault/key_reply.h"

#include <algorithm>

#include "seawall/base/digests.h"
#include "seawall/crypto/sha256.h"
#include "seawall/net/secret.h"

namespace seawall {
namespace {

std::string info_of(std::string_view statement) {
  return std::string("seawall/key-answer/v1\n").append(statement);
}

}  // namespace

Result<HpkeKey> reply_key_of(const PersonKey& key, std::string_view nonce) {
  SEAWALL_TRY(Signature secret, key.sign(std::string("seawall/reply-key/v1\n").append(nonce)));
  Sha256 bytes = sha256_of({reinterpret_cast<const char*>(secret.data()), secret.size()});
  auto made = HpkeKey::from_bytes(bytes);
  wipe_bytes(secret.data(), secret.size());
  wipe_bytes(bytes.data(), bytes.size());
  return made;
}

Result<std::string> seal_answer(const HpkePublicKey& to, std::string_view statement,
                                std::span<const KeyBytes> keys) {
  std::string all;
  all.reserve(keys.size() * KeyBytes::kBytes);  // A text that grows would leave copies behind.
  for (const KeyBytes& key : keys) all.append(key.text());
  auto sealed = hpke_seal(to, all, info_of(statement));
  wipe_bytes(all.data(), all.size());
  return sealed;
}

Result<std::vector<KeyBytes>> open_answer(const HpkeKey& key, std::string_view statement,
                                          std::string_view sealed) {
  SEAWALL_TRY(std::string all, key.open(sealed, info_of(statement)));
  std::vector<KeyBytes> keys;
  for (std::size_t at = 0; at < all.size(); at += KeyBytes::kBytes) {
    auto one = KeyBytes::take(all.substr(at, KeyBytes::kBytes));
    if (!one) break;
    keys.push_back(*std::move(one));
  }
  const bool whole = keys.size() * KeyBytes::kBytes == all.size();
  wipe_bytes(all.data(), all.size());
  if (!whole) return fail(Code::kCorrupt, "the answer holds something else than keys");
  return keys;
}

}  // namespace seawall
