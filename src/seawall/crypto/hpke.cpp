#include "seawall/crypto/hpke.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>

#include "seawall/crypto/detail/hpke_schedule.h"

namespace seawall {
namespace {

constexpr std::size_t kTagBytes = 16;
constexpr std::uint8_t kAes256Gcm = 2;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeAgreement {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Agreement = std::unique_ptr<EVP_PKEY_CTX, FreeAgreement>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* bytes_of(const auto& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_into(auto& text) { return reinterpret_cast<unsigned char*>(text.data()); }
std::string_view text_of(const HpkePublicKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}
void wipe(auto& bytes) { OPENSSL_cleanse(bytes.data(), bytes.size()); }

tl::unexpected<Error> refused() {
  return fail(Code::kCorrupt, "what was sealed does not open: it is for another key, or was changed");
}

Result<Key> key_from(const HpkePublicKey& raw) {
  Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, bytes_of(raw), raw.size()));
  if (!key) return fail(Code::kUnavailable, "a key could not be taken from its bytes");
  return key;
}

Result<HpkePublicKey> public_of(const EVP_PKEY* key) {
  HpkePublicKey raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(key, bytes_into(raw), &size) != 1 || size != raw.size())
    return fail(Code::kUnavailable, "a key could not be written as bytes");
  return raw;
}

/// OpenSSL refuses points that agree on nothing (RFC 7748 section 6.1).
Result<std::string> agreed(EVP_PKEY* own, EVP_PKEY* other) {
  const Agreement context(EVP_PKEY_CTX_new(own, nullptr));
  std::string secret(32, '\0');
  std::size_t size = secret.size();
  const bool done = context && EVP_PKEY_derive_init(context.get()) == 1 &&
                    EVP_PKEY_derive_set_peer(context.get(), other) == 1 &&
                    EVP_PKEY_derive(context.get(), bytes_into(secret), &size) == 1 && size == secret.size();
  if (!done) return fail(Code::kInvalidInput, "this is no public key to seal for");
  return secret;
}

hpke_detail::Schedule schedule_of(std::string dh, std::string_view enc, std::string_view to,
                                  std::string_view info) {
  Sha256 shared = hpke_detail::shared_secret(dh, enc, to);
  auto schedule = hpke_detail::key_schedule(shared, info, kAes256Gcm);
  wipe(shared);
  wipe(dh);
  return schedule;
}

Result<std::string> encrypt(hpke_detail::Schedule schedule, std::string_view text) {
  std::string out(text.size() + kTagBytes, '\0');
  unsigned char* const body = bytes_into(out);
  const Cipher aes(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done =
      aes &&
      EVP_EncryptInit_ex(aes.get(), EVP_aes_256_gcm(), nullptr, bytes_of(schedule.key),
                         bytes_of(schedule.nonce)) == 1 &&
      EVP_EncryptUpdate(aes.get(), body, &size, bytes_of(text), static_cast<int>(text.size())) == 1 &&
      EVP_EncryptFinal_ex(aes.get(), body + text.size(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(aes.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, body + text.size()) == 1;
  wipe(schedule.key);
  if (!done) return fail(Code::kUnavailable, "sealing failed");
  return out;
}

Result<std::string> decrypt(hpke_detail::Schedule schedule, std::string_view sealed) {
  const std::string_view body = sealed.substr(0, sealed.size() - kTagBytes);
  std::string tag(sealed.substr(body.size()));
  std::string out(body.size(), '\0');
  const Cipher aes(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done = aes &&
                    EVP_DecryptInit_ex(aes.get(), EVP_aes_256_gcm(), nullptr, bytes_of(schedule.key),
                                       bytes_of(schedule.nonce)) == 1 &&
                    EVP_DecryptUpdate(aes.get(), bytes_into(out), &size, bytes_of(body),
                                      static_cast<int>(body.size())) == 1 &&
                    EVP_CIPHER_CTX_ctrl(aes.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
                    EVP_DecryptFinal_ex(aes.get(), bytes_into(out) + out.size(), &size) == 1;
  wipe(schedule.key);
  if (done) return out;
  wipe(out);
  return refused();
}

}  // namespace

struct HpkeKey::Impl {
  Key key;
};

HpkeKey::HpkeKey(std::unique_ptr<Impl> impl, const HpkePublicKey& key)
    : impl_(std::move(impl)), public_(key) {}
HpkeKey::HpkeKey(HpkeKey&&) noexcept = default;
HpkeKey& HpkeKey::operator=(HpkeKey&&) noexcept = default;
HpkeKey::~HpkeKey() = default;

Result<HpkeKey> HpkeKey::generate() {
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
  if (!key) return fail(Code::kUnavailable, "no key could be made");
  SEAWALL_TRY(const HpkePublicKey own, public_of(key.get()));
  return HpkeKey(std::make_unique<Impl>(Impl{std::move(key)}), own);
}

Result<HpkeKey> HpkeKey::from_bytes(const std::array<std::byte, 32>& bytes) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, bytes_of(bytes), bytes.size()));
  if (!key) return fail(Code::kUnavailable, "a key could not be taken from its bytes");
  SEAWALL_TRY(const HpkePublicKey own, public_of(key.get()));
  return HpkeKey(std::make_unique<Impl>(Impl{std::move(key)}), own);
}

Result<std::string> HpkeKey::open(std::string_view sealed, std::string_view info) const {
  if (sealed.size() < kHpkeMoreBytes || sealed.size() > kHpkeMoreBytes + kHpkeTextBytesMax) return refused();
  HpkePublicKey raw{};
  const std::string_view enc = sealed.substr(0, raw.size());
  std::copy_n(reinterpret_cast<const std::byte*>(enc.data()), raw.size(), raw.begin());
  SEAWALL_TRY(const Key other, key_from(raw));
  auto dh = agreed(impl_->key.get(), other.get());
  if (!dh) return refused();
  return decrypt(schedule_of(*std::move(dh), enc, text_of(public_), info), sealed.substr(raw.size()));
}

Result<std::string> hpke_seal(const HpkePublicKey& to, std::string_view text, std::string_view info) {
  if (text.size() > kHpkeTextBytesMax) return fail(Code::kLimitExceeded, "what is sealed is at most 64 KiB");
  SEAWALL_TRY(const Key other, key_from(to));
  const Key fresh(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
  if (!fresh) return fail(Code::kUnavailable, "no key could be made");
  SEAWALL_TRY(const HpkePublicKey enc, public_of(fresh.get()));
  SEAWALL_TRY(std::string dh, agreed(fresh.get(), other.get()));
  SEAWALL_TRY(const std::string body,
              encrypt(schedule_of(std::move(dh), text_of(enc), text_of(to), info), text));
  return std::string(text_of(enc)) + body;
}

}  // namespace seawall
