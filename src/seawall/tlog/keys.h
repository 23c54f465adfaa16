#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/crypto/signing.h"
#include "seawall/tlog/note.h"

namespace seawall::tlog {

/// What a key signs, by the byte that C2SP signed-note assigns.
enum class KeyType : unsigned char {
  kEd25519 = 0x01,      ///< The note's text.
  kCosignature = 0x04,  ///< A checkpoint and a time (cosignature.h).
  kMlDsa44Cosignature =
      0x06  ///< Reserved: OpenSSL 3.0 has no ML-DSA. Its signatures are those of unknown keys.
};

/// SHA-256(name || "\n" || type || public key), the first four bytes, highest first.
[[nodiscard]] std::uint32_t key_id_of(std::string_view name, KeyType type, const RawPublicKey& key);

/// A public key by which notes are verified, with the name and the type of signature for which it is trusted.
/// Threads: const functions, any. Copies share the key.
class VerifierKey {
 public:
  /// Errors: kInvalidInput (the name), kUnsupported (the type).
  static Result<VerifierKey> make(std::string name, KeyType type, const RawPublicKey& key);
  /// Reads a vkey, "name+hex(key id)+base64(type || public key)". Errors: kInvalidInput, also if the id is
  /// not the key's; kUnsupported if it is of a type that is not verified here, such as ML-DSA: leave such a
  /// key out.
  static Result<VerifierKey> parse(std::string_view vkey);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] KeyType type() const { return type_; }
  [[nodiscard]] std::uint32_t id() const { return id_; }
  [[nodiscard]] std::string vkey() const;

  /// Whether `signature` says that this key made it.
  [[nodiscard]] bool is_named_by(const NoteSignature& signature) const {
    return signature.name == name_ && signature.key_id == id_;
  }
  /// Whether this key made `signature` over `text`, in the way of its type. Does not look at name and id.
  [[nodiscard]] bool verifies(std::string_view text, const NoteSignature& signature) const;

 private:
  VerifierKey(std::string name, KeyType type, const RawPublicKey& raw, VerifyingKey key);
  std::string name_;
  KeyType type_;
  std::uint32_t id_;
  RawPublicKey raw_;
  std::shared_ptr<const VerifyingKey> key_;
};

/// A private key with its name. Not copied, not printed but by skey().
class NoteSigner {
 public:
  /// Errors: kInvalidInput (the name), kUnsupported (the type), kUnavailable.
  static Result<NoteSigner> make(std::string name, KeyType type, SigningKey key);
  /// Reads an skey, "PRIVATE+KEY+name+hex(key id)+base64(type || seed)", as Go's sumdb/note writes them; C2SP
  /// leaves private keys' form open. Errors: as VerifierKey::parse(); the message holds nothing of `skey`.
  static Result<NoteSigner> parse(std::string_view skey);

  [[nodiscard]] const VerifierKey& verifier() const { return verifier_; }
  /// A secret. Errors: kUnavailable.
  Result<std::string> skey() const;
  /// Signs `text`, or for a key of cosignatures the checkpoint `text` at `time_s` (seconds since 1970, at
  /// most 2^63 - 1; not looked at for others). Errors: kInvalidInput unless is_note_text(), or if a
  /// cosignature's text is no checkpoint; kUnavailable.
  Result<NoteSignature> sign(std::string_view text, std::uint64_t time_s = 0) const;

 private:
  NoteSigner(SigningKey key, VerifierKey verifier) : key_(std::move(key)), verifier_(std::move(verifier)) {}
  SigningKey key_;
  VerifierKey verifier_;
};

/// Those of `note`'s signatures that known keys made, by their position. Each that names a known key is
/// verified. Errors: kInvalidInput if one of those fails, or if none is of a known key. Source: C2SP
/// signed-note, "Signatures".
Result<std::vector<std::size_t>> verify_note(const SignedNote& note, std::span<const VerifierKey> known);

}  // namespace seawall::tlog
