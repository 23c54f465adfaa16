#include "seawall/tlog/keys.h"

#include <algorithm>
#include <cstring>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/tlog/cosignature.h"
#include "seawall/tlog/detail/key_id.h"
#include "seawall/tlog/detail/lines.h"

namespace seawall::tlog {
namespace {

constexpr std::string_view kPrivatePrefix = "PRIVATE+KEY+";

tl::unexpected<Error> bad(const char* what) { return fail(Code::kInvalidInput, what); }

std::string_view text_of(const std::array<std::byte, 32>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string key_text(const std::string& name, std::uint32_t id, KeyType type,
                     const std::array<std::byte, 32>& key) {
  const std::string id_bytes = detail::key_id_bytes(id);
  return name + "+" + to_hex(std::as_bytes(std::span(id_bytes))) + "+" +
         to_base64(std::string(1, static_cast<char>(type)).append(text_of(key)));
}

// "name+id+key", of which the key is public or a seed.
struct KeyParts {
  std::string name;
  std::uint32_t id;
  KeyType type;
  std::array<std::byte, 32> key;
};

Result<std::uint32_t> parse_id(std::string_view hex) {
  std::array<std::byte, 4> bytes;
  if (!from_hex(hex, bytes) || to_hex(bytes) != hex)
    return bad("a key's id is not eight digits of lower-case hex");
  return detail::key_id_in({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool is_supported(KeyType type) { return type == KeyType::kEd25519 || type == KeyType::kCosignature; }

Result<KeyParts> parse_key_text(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == text.npos ? text.npos : text.find('+', first + 1);
  if (second == text.npos) return bad("a key is not a name, an id and bytes with + between them");
  const std::string_view name = text.substr(0, first);
  if (!is_key_name(name)) return bad("a key has no usable name");
  SEAWALL_TRY(const std::uint32_t id, parse_id(text.substr(first + 1, second - first - 1)));
  const auto bytes = detail::base64_in(text.substr(second + 1));
  if (!bytes || bytes->empty()) return bad("a key's bytes are not base64");
  KeyParts parts{std::string(name), id, static_cast<KeyType>((*bytes)[0]), {}};
  if (!is_supported(parts.type))
    return fail(Code::kUnsupported, "a key is of a type that is not verified here");
  if (bytes->size() != 1 + parts.key.size()) return bad("an Ed25519 key has 32 bytes");
  std::memcpy(parts.key.data(), bytes->data() + 1, parts.key.size());
  return parts;
}

}  // namespace

std::uint32_t key_id_of(std::string_view name, KeyType type, const RawPublicKey& key) {
  Sha256Hasher hasher;
  hasher.update(name);
  hasher.update(std::string{'\n', static_cast<char>(type)});
  hasher.update(key);
  const Sha256 digest = hasher.finish();
  return detail::key_id_in(text_of(digest));
}

VerifierKey::VerifierKey(std::string name, KeyType type, const RawPublicKey& raw, VerifyingKey key)
    : name_(std::move(name)),
      type_(type),
      id_(key_id_of(name_, type, raw)),
      raw_(raw),
      key_(std::make_shared<const VerifyingKey>(std::move(key))) {}

Result<VerifierKey> VerifierKey::make(std::string name, KeyType type, const RawPublicKey& key) {
  if (!is_key_name(name)) return bad("a key has no usable name");
  if (!is_supported(type)) return fail(Code::kUnsupported, "a key is of a type that is not verified here");
  SEAWALL_TRY(VerifyingKey verifying, VerifyingKey::from_raw(key));
  return VerifierKey(std::move(name), type, key, std::move(verifying));
}

Result<VerifierKey> VerifierKey::parse(std::string_view vkey) {
  SEAWALL_TRY(KeyParts parts, parse_key_text(vkey));
  SEAWALL_TRY(VerifierKey key, make(std::move(parts.name), parts.type, parts.key));
  if (key.id() != parts.id) return bad("a key's id is not that of its bytes");
  return key;
}

std::string VerifierKey::vkey() const { return key_text(name_, id_, type_, raw_); }

bool VerifierKey::verifies(std::string_view text, const NoteSignature& signature) const {
  if (type_ == KeyType::kCosignature) {
    const auto parts = parse_cosignature(signature.bytes);
    return parts && key_->verifies(cosigned_message(text, parts->time_s), parts->signature);
  }
  Signature bytes;
  if (signature.bytes.size() != bytes.size()) return false;
  std::memcpy(bytes.data(), signature.bytes.data(), bytes.size());
  return key_->verifies(text, bytes);
}

Result<NoteSigner> NoteSigner::make(std::string name, KeyType type, SigningKey key) {
  SEAWALL_TRY(const RawPublicKey raw, key.public_key());
  SEAWALL_TRY(VerifierKey verifier, VerifierKey::make(std::move(name), type, raw));
  return NoteSigner(std::move(key), std::move(verifier));
}

Result<NoteSigner> NoteSigner::parse(std::string_view skey) {
  if (!skey.starts_with(kPrivatePrefix)) return bad("not a private key of notes");
  SEAWALL_TRY(KeyParts parts, parse_key_text(skey.substr(kPrivatePrefix.size())));
  SEAWALL_TRY(SigningKey key, SigningKey::from_seed(parts.key));
  SEAWALL_TRY(NoteSigner signer, make(std::move(parts.name), parts.type, std::move(key)));
  if (signer.verifier().id() != parts.id) return bad("a key's id is not that of its bytes");
  return signer;
}

Result<std::string> NoteSigner::skey() const {
  SEAWALL_TRY(const KeySeed seed, key_.seed());
  return std::string(kPrivatePrefix) + key_text(verifier_.name(), verifier_.id(), verifier_.type(), seed);
}

Result<NoteSignature> NoteSigner::sign(std::string_view text, std::uint64_t time_s) const {
  if (!is_note_text(text)) return bad("a note's text is not lines of plain UTF-8");
  std::string bytes;
  if (verifier_.type() == KeyType::kCosignature) {
    SEAWALL_TRY(bytes, cosign(text, time_s, key_));
  } else {
    SEAWALL_TRY(const Signature signature, key_.sign(text));
    bytes.assign(reinterpret_cast<const char*>(signature.data()), signature.size());
  }
  return NoteSignature{verifier_.name(), verifier_.id(), std::move(bytes)};
}

Result<std::vector<std::size_t>> verify_note(const SignedNote& note, std::span<const VerifierKey> known) {
  std::vector<std::size_t> verified;
  for (std::size_t i = 0; i < note.signatures.size(); ++i) {
    const NoteSignature& signature = note.signatures[i];
    const auto names = [&](const VerifierKey& key) { return key.is_named_by(signature); };
    if (std::none_of(known.begin(), known.end(), names)) continue;
    const auto made = [&](const VerifierKey& key) {
      return names(key) && key.verifies(note.text, signature);
    };
    if (std::none_of(known.begin(), known.end(), made))
      return bad("a signature in the name of a known key is wrong");
    verified.push_back(i);
  }
  if (verified.empty()) return bad("a note has no signature of a known key");
  return verified;
}

}  // namespace seawall::tlog
