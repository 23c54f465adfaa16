#include "seawall/crypto/signing.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <span>

namespace seawall {
namespace {

constexpr std::size_t kPemBytesMax = 16 * 1024;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;
using Bio = std::unique_ptr<BIO, FreeBio>;

// An encrypted key asks for a pass phrase; without this OpenSSL would ask at the terminal.
int no_pass_phrase(char*, int, int, void*) { return -1; }

Result<Key> read_pem(std::string_view pem, bool is_private) {
  if (pem.size() > kPemBytesMax) return fail(Code::kInvalidInput, "a key file of more than 16 KiB");
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key;
  if (bio) {
    key.reset(is_private ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr)
                         : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_pass_phrase, nullptr));
  }
  if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
    return fail(Code::kInvalidInput, is_private ? "not an unencrypted Ed25519 private key in PEM form"
                                                : "not an Ed25519 public key in PEM form");
  }
  return key;
}

template <class Write>
Result<std::string> write_pem(Write write) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || write(bio.get()) != 1)
    return fail(Code::kUnavailable, "a key could not be written in PEM form");
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

using Raw = std::array<std::byte, 32>;

template <class Make>
Result<Key> from_raw_bytes(Make make, const Raw& raw) {
  Key key(make(EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(raw.data()), raw.size()));
  if (!key) return fail(Code::kUnavailable, "a key could not be taken from its bytes");
  return key;
}

template <class Get>
Result<Raw> to_raw_bytes(Get get, const EVP_PKEY* key) {
  Raw raw;
  std::size_t size = raw.size();
  if (get(key, reinterpret_cast<unsigned char*>(raw.data()), &size) != 1 || size != raw.size()) {
    return fail(Code::kUnavailable, "a key could not be written as bytes");
  }
  return raw;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

struct SigningKey::Impl {
  Key key;
};
SigningKey::SigningKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  SEAWALL_TRY(Key key, read_pem(pem, true));
  return SigningKey(std::make_unique<Impl>(Impl{std::move(key)}));
}

Result<SigningKey> SigningKey::generate() {
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key) return fail(Code::kUnavailable, "no key could be made: the system gives no random bytes");
  return SigningKey(std::make_unique<Impl>(Impl{std::move(key)}));
}

Result<SigningKey> SigningKey::from_seed(const KeySeed& seed) {
  SEAWALL_TRY(Key key, from_raw_bytes(EVP_PKEY_new_raw_private_key, seed));
  return SigningKey(std::make_unique<Impl>(Impl{std::move(key)}));
}

Result<SigningKey> SigningKey::from_sealed_seed(std::string_view sealed, const SealingKey& key,
                                                std::string_view context) {
  SEAWALL_TRY(std::string opened, key.open(sealed, context));
  KeySeed seed;
  const bool fits = opened.size() == seed.size();
  if (fits) std::ranges::copy(std::as_bytes(std::span(opened)), seed.begin());
  OPENSSL_cleanse(opened.data(), opened.size());
  if (!fits) return fail(Code::kCorrupt, "what was sealed is no private key");
  auto made = from_seed(seed);
  OPENSSL_cleanse(seed.data(), seed.size());
  return made;
}

Result<std::string> SigningKey::sealed_seed(const SealingKey& key, std::string_view context) const {
  SEAWALL_TRY(KeySeed bytes, seed());
  auto sealed = key.seal({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, context);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return sealed;
}

Result<RawPublicKey> SigningKey::public_key() const {
  return to_raw_bytes(EVP_PKEY_get_raw_public_key, impl_->key.get());
}

Result<KeySeed> SigningKey::seed() const {
  return to_raw_bytes(EVP_PKEY_get_raw_private_key, impl_->key.get());
}

Result<Signature> SigningKey::sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  Signature signature;
  std::size_t size = signature.size();
  const bool done = context &&
                    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, impl_->key.get()) == 1 &&
                    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                   bytes_of(message), message.size()) == 1;
  if (!done || size != signature.size()) return fail(Code::kUnavailable, "signing failed");
  return signature;
}

Result<std::string> SigningKey::public_key_pem() const {
  return write_pem([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, impl_->key.get()); });
}

Result<std::string> SigningKey::private_key_pem() const {
  return write_pem([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, impl_->key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

struct VerifyingKey::Impl {
  Key key;
};
VerifyingKey::VerifyingKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
VerifyingKey::VerifyingKey(VerifyingKey&&) noexcept = default;
VerifyingKey& VerifyingKey::operator=(VerifyingKey&&) noexcept = default;
VerifyingKey::~VerifyingKey() = default;

Result<VerifyingKey> VerifyingKey::from_pem(std::string_view pem) {
  SEAWALL_TRY(Key key, read_pem(pem, false));
  return VerifyingKey(std::make_unique<Impl>(Impl{std::move(key)}));
}

Result<VerifyingKey> VerifyingKey::from_raw(const RawPublicKey& key) {
  SEAWALL_TRY(Key made, from_raw_bytes(EVP_PKEY_new_raw_public_key, key));
  return VerifyingKey(std::make_unique<Impl>(Impl{std::move(made)}));
}

bool VerifyingKey::verifies(std::string_view message, const Signature& signature) const {
  const Context context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, impl_->key.get()) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), bytes_of(message), message.size()) == 1;
}

}  // namespace seawall
