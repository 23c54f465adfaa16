#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/crypto/sealing.h"

namespace seawall {

/// An Ed25519 signature (RFC 8032).
using Signature = std::array<std::byte, 64>;
/// A public Ed25519 key and the secret from which a private one is made, as RFC 8032 writes them.
using RawPublicKey = std::array<std::byte, 32>;
using KeySeed = std::array<std::byte, 32>;

/// A private Ed25519 key. It is not copied and not printed; OpenSSL wipes its bytes when it goes.
/// Threads: const functions, any. Source: OpenSSL.
class SigningKey {
 public:
  /// Reads PKCS #8 in PEM form ("-----BEGIN PRIVATE KEY-----"), not encrypted. Reading the file is the
  /// caller's work. Errors: kInvalidInput; the message holds nothing of `pem`.
  static Result<SigningKey> from_pem(std::string_view pem);
  /// A new key from the system's random source. Errors: kUnavailable.
  static Result<SigningKey> generate();
  /// The key of `seed` (RFC 8032 section 5.1.5). Errors: kUnavailable.
  static Result<SigningKey> from_seed(const KeySeed& seed);
  /// What sealed_seed() gave. Errors: kCorrupt (another key or context, or changed bytes).
  static Result<SigningKey> from_sealed_seed(std::string_view sealed, const SealingKey& key,
                                             std::string_view context);
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  /// Errors: kUnavailable.
  Result<Signature> sign(std::string_view message) const;
  /// The key that verifies what this one signs, in PEM form ("-----BEGIN PUBLIC KEY-----").
  Result<std::string> public_key_pem() const;
  Result<RawPublicKey> public_key() const;
  /// A secret.
  Result<std::string> private_key_pem() const;
  /// A secret: from_seed() of it is this key.
  Result<KeySeed> seed() const;
  /// The seed, sealed for keeping: 60 bytes. `context` as in SealingKey::seal().
  Result<std::string> sealed_seed(const SealingKey& key, std::string_view context) const;

 private:
  struct Impl;
  explicit SigningKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A public Ed25519 key. Threads: const functions, any.
class VerifyingKey {
 public:
  /// Reads SubjectPublicKeyInfo in PEM form. Errors: kInvalidInput.
  static Result<VerifyingKey> from_pem(std::string_view pem);
  /// Errors: kUnavailable. Bytes that are no point of the curve make a key that verifies nothing.
  static Result<VerifyingKey> from_raw(const RawPublicKey& key);
  VerifyingKey(VerifyingKey&&) noexcept;
  VerifyingKey& operator=(VerifyingKey&&) noexcept;
  ~VerifyingKey();

  [[nodiscard]] bool verifies(std::string_view message, const Signature& signature) const;

 private:
  struct Impl;
  explicit VerifyingKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace seawall
