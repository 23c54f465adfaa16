#include "seawall/crypto/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

namespace seawall {
namespace {

template <class Digest>
Digest hmac(const EVP_MD* kind, std::span<const std::byte> key, std::span<const std::byte> message) {
  Digest digest;
  unsigned size = 0;
  const unsigned char none = 0;  // OpenSSL takes a null key for "as before".
  const auto* key_bytes = key.empty() ? &none : reinterpret_cast<const unsigned char*>(key.data());
  const auto* done = HMAC(kind, key_bytes, static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                          reinterpret_cast<unsigned char*>(digest.data()), &size);
  // It fails only when out of memory or without its providers; a wrong digest must never leave here.
  if (done == nullptr || size != digest.size()) std::abort();
  return digest;
}

}  // namespace

Sha256 hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message) {
  return hmac<Sha256>(EVP_sha256(), key, message);
}
Sha256 hmac_sha256(std::span<const std::byte> key, std::string_view message) {
  return hmac_sha256(key, std::as_bytes(std::span(message)));
}
Sha1 hmac_sha1(std::span<const std::byte> key, std::span<const std::byte> message) {
  return hmac<Sha1>(EVP_sha1(), key, message);
}

}  // namespace seawall
