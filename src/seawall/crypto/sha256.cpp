#include "seawall/crypto/sha256.h"

#include <openssl/evp.h>

#include <cstdlib>

namespace seawall {
namespace {

// As in digest.cpp: OpenSSL refuses only when out of memory or without providers, and a wrong digest must
// never leave here.
void must(int ok) {
  if (ok != 1) std::abort();
}

// Looked up once: EVP_sha256() is looked up anew by every digest, which costs more than hashing a key's text.
const EVP_MD* algorithm() {
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  must(kSha256 != nullptr ? 1 : 0);
  return kSha256;
}

}  // namespace

struct Sha256Hasher::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Impl() {
    must(context != nullptr);
    must(EVP_DigestInit_ex(context, algorithm(), nullptr));
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { EVP_MD_CTX_free(context); }
};

Sha256Hasher::Sha256Hasher() : impl_(std::make_unique<Impl>()) {}
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::update(std::span<const std::byte> bytes) {
  must(EVP_DigestUpdate(impl_->context, bytes.data(), bytes.size()));
}

Sha256 Sha256Hasher::finish() {
  Sha256 digest;
  must(EVP_DigestFinal_ex(impl_->context, reinterpret_cast<unsigned char*>(digest.data()), nullptr));
  must(EVP_DigestInit_ex(impl_->context, nullptr, nullptr));  // The same algorithm, with no new look-up.
  return digest;
}

Sha256 sha256_of(std::span<const std::byte> bytes) {
  Sha256 digest;
  must(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
                  algorithm(), nullptr));
  return digest;
}

Sha256 sha256_of(std::string_view bytes) { return sha256_of(std::as_bytes(std::span(bytes))); }

}  // namespace seawall
