#include "seawall/crypto/sealing.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "seawall/crypto/random_bytes.h"

namespace seawall {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(char* text) { return reinterpret_cast<unsigned char*>(text); }

}  // namespace

SealingKey::SealingKey(std::span<const std::byte, kBytes> key) { std::ranges::copy(key, key_.begin()); }
SealingKey::~SealingKey() { OPENSSL_cleanse(key_.data(), key_.size()); }

Result<std::string> SealingKey::seal(std::string_view text, std::string_view context) const {
  if (text.size() > kTextBytesMax || context.size() > kTextBytesMax) {
    return fail(Code::kLimitExceeded, "what is sealed is at most 1088 KiB");
  }
  std::string out(kNonceBytes + text.size() + kTagBytes, '\0');
  SEAWALL_CHECK(fill_with_random_bytes(std::as_writable_bytes(std::span(out).first(kNonceBytes))));
  const Context aes(EVP_CIPHER_CTX_new());
  char* const body = out.data() + kNonceBytes;
  int size = 0;
  const bool done =
      aes &&
      EVP_EncryptInit_ex(aes.get(), EVP_aes_256_gcm(), nullptr,
                         reinterpret_cast<const unsigned char*>(key_.data()), bytes_of(out)) == 1 &&
      EVP_EncryptUpdate(aes.get(), nullptr, &size, bytes_of(context), static_cast<int>(context.size())) ==
          1 &&
      EVP_EncryptUpdate(aes.get(), bytes_of(body), &size, bytes_of(text), static_cast<int>(text.size())) ==
          1 &&
      EVP_EncryptFinal_ex(aes.get(), bytes_of(body) + text.size(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(aes.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, body + text.size()) == 1;
  if (!done) return fail(Code::kUnavailable, "sealing failed");
  return out;
}

Result<std::string> SealingKey::open(std::string_view sealed, std::string_view context) const {
  constexpr std::string_view kRefused =
      "what was sealed does not open: another key sealed it, or it was changed; give the key file of then";
  const bool fits = sealed.size() >= kNonceBytes + kTagBytes &&
                    sealed.size() <= kNonceBytes + kTextBytesMax + kTagBytes &&
                    context.size() <= kTextBytesMax;
  if (!fits) return fail(Code::kCorrupt, std::string(kRefused));
  const std::string_view body = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string out(body.size(), '\0');
  const Context aes(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done =
      aes &&
      EVP_DecryptInit_ex(aes.get(), EVP_aes_256_gcm(), nullptr,
                         reinterpret_cast<const unsigned char*>(key_.data()), bytes_of(sealed)) == 1 &&
      EVP_DecryptUpdate(aes.get(), nullptr, &size, bytes_of(context), static_cast<int>(context.size())) ==
          1 &&
      EVP_DecryptUpdate(aes.get(), bytes_of(out.data()), &size, bytes_of(body),
                        static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(aes.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(aes.get(), bytes_of(out.data()) + out.size(), &size) == 1;
  if (done) return out;
  OPENSSL_cleanse(out.data(), out.size());
  return fail(Code::kCorrupt, std::string(kRefused));
}

}  // namespace seawall
