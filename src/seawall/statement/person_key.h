#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "seawall/argon2/password_hash.h"
#include "seawall/base/result.h"
#include "seawall/crypto/signing.h"

namespace seawall {

/// The first four bytes of SHA-256 of name, 0x0A, 0x01 and the 32 bytes of a public key (C2SP signed-note).
/// It finds a key among a person's own; it proves nothing.
using PersonKeyId = std::array<std::byte, 4>;

/// Whose signatures a key verifies.
struct PersonPublicKey {
  std::string name;  ///< is_person_name().
  RawPublicKey key{};
  friend bool operator==(const PersonPublicKey&, const PersonPublicKey&) = default;
};
[[nodiscard]] PersonKeyId id_of(const PersonPublicKey& key);
[[nodiscard]] std::string to_hex_text(const PersonKeyId& id);  ///< "530d903a"
Result<PersonKeyId> person_key_id_from(std::string_view hex);

/// "person+ann+530d903a+<base64>": behind "person+" it is a verifier key of C2SP signed-note, so other
/// programs can check what ann signed.
[[nodiscard]] std::string to_text(const PersonPublicKey& key);
/// Reads what to_text() writes and nothing else. Errors: kInvalidInput, also where the id is not that of the
/// key.
Result<PersonPublicKey> person_public_key_from(std::string_view text);

/// A person's private key as it is kept: sealed (AES-256-GCM) with a key made of a passphrase (argon2id).
struct SealedPersonKey {
  PersonPublicKey public_key = {};
  Argon2Cost cost;
  std::array<std::byte, kArgon2SaltBytes> salt{};
  std::string sealed = {};  ///< SigningKey::sealed_seed(): 60 bytes.
  friend bool operator==(const SealedPersonKey&, const SealedPersonKey&) = default;
};
/// One line of canonical JSON, with its line end.
[[nodiscard]] std::string to_text(const SealedPersonKey& key);
/// Reads what to_text() writes, without doing the work of opening it. Errors: kInvalidInput (also for a cost
/// beyond argon2/password_hash.h's limits), kLimitExceeded.
Result<SealedPersonKey> sealed_person_key_from(std::string_view text);

inline constexpr std::size_t kPassphraseCharactersMin = 12;

/// A person's key, opened. Threads: const functions, any. Lifetime: its secret is wiped at its end.
class PersonKey {
 public:
  /// Errors: kInvalidInput (`name` is none), kUnavailable.
  static Result<PersonKey> make(std::string_view name);
  /// Takes Argon2Cost::memory_kib and about a second. Errors: kInvalidInput (another passphrase, or the file
  /// was changed: the two cannot be told apart), kUnavailable.
  static Result<PersonKey> open(const SealedPersonKey& sealed, std::string_view passphrase);

  /// Errors: kInvalidInput (a passphrase of less than 12 or more than 1024 bytes), kUnavailable.
  Result<SealedPersonKey> seal(std::string_view passphrase, const Argon2Cost& cost = {}) const;
  [[nodiscard]] const PersonPublicKey& public_key() const { return public_; }
  Result<Signature> sign(std::string_view message) const { return key_.sign(message); }

 private:
  PersonKey(PersonPublicKey public_key, SigningKey key)
      : public_(std::move(public_key)), key_(std::move(key)) {}

  PersonPublicKey public_;
  SigningKey key_;
};

}  // namespace seawall
