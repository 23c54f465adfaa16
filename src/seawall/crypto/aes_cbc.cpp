#include "seawall/crypto/aes_cbc.h"

#include <openssl/evp.h>

#include <memory>

namespace seawall {
namespace {

constexpr std::size_t kBytesMax = std::size_t{1} << 30;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

Result<std::vector<std::byte>> aes128_cbc_decrypted(const AesBlock& key, const AesBlock& iv,
                                                    std::span<const std::byte> sealed) {
  if (sealed.size() > kBytesMax) return fail(Code::kLimitExceeded, "more than 1 GiB to decrypt at once");
  if (sealed.empty() || sealed.size() % iv.size() != 0) {
    return fail(Code::kInvalidInput, "what is encrypted does not end with a whole block");
  }
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> aes(EVP_CIPHER_CTX_new());
  std::vector<std::byte> out(sealed.size() + iv.size());
  auto* const to = reinterpret_cast<unsigned char*>(out.data());
  int most = 0;
  int rest = 0;
  if (!aes || EVP_DecryptInit_ex(aes.get(), EVP_aes_128_cbc(), nullptr, raw(key), raw(iv)) != 1 ||
      EVP_DecryptUpdate(aes.get(), to, &most, raw(sealed), static_cast<int>(sealed.size())) != 1) {
    return fail(Code::kUnavailable, "OpenSSL does not decrypt");
  }
  if (EVP_DecryptFinal_ex(aes.get(), to + most, &rest) != 1) {
    return fail(Code::kInvalidInput, "it was encrypted with another key, or damaged");
  }
  out.resize(static_cast<std::size_t>(most + rest));
  return out;
}

}  // namespace seawall
