#include "seawall/statement/person_key.h"

#include <algorithm>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/crypto/sealing.h"
#include "seawall/crypto/sha256.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"
#include "seawall/statement/person_role.h"

namespace seawall {
namespace {

constexpr std::string_view kPrefix = "person+";
constexpr char kEd25519 = 0x01;  // C2SP signed-note's number of the algorithm.
constexpr std::size_t kFileBytesMax = 4096;
constexpr std::size_t kSealedBytes = 60;

std::string_view chars_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The algorithm's number and the key, as the text holds them.
std::string numbered(const RawPublicKey& key) { return kEd25519 + std::string(chars_of(key)); }

tl::unexpected<Error> not_a_key() {
  return fail(Code::kInvalidInput, "a person's public key is written person+NAME+KEYID+BASE64");
}

std::string seal_context(const PersonPublicKey& key) { return "seawall/person-key/v1\n" + to_text(key); }

template <std::size_t kSize>
bool copy_exactly(std::string_view bytes, std::array<std::byte, kSize>& out) {
  if (bytes.size() != kSize) return false;
  std::ranges::copy(std::as_bytes(std::span(bytes)), out.begin());
  return true;
}

void read_cost(const Json& json, SealedPersonKey& key, Members& all) {
  Members cost(json);
  key.cost.memory_kib = static_cast<std::uint32_t>(cost.number("memory_kib", 8, kArgon2MemoryKibMax));
  key.cost.passes = static_cast<std::uint32_t>(cost.number("passes", 1, kArgon2PassesMax));
  const auto salt = from_base64(cost.text("salt", 64));
  if (!salt || !copy_exactly(*salt, key.salt)) all.refuse("its salt is not 16 bytes");
  if (!cost.done("argon2id")) all.refuse("its argon2id is not as it is written");
}

}  // namespace

PersonKeyId id_of(const PersonPublicKey& key) {
  const Sha256 digest = sha256_of(key.name + "\n" + numbered(key.key));
  PersonKeyId id;
  std::ranges::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

std::string to_hex_text(const PersonKeyId& id) { return to_hex(id); }

Result<PersonKeyId> person_key_id_from(std::string_view hex) {
  PersonKeyId id;
  if (!from_hex(hex, id) || to_hex(id) != hex) {
    return fail(Code::kInvalidInput, "a key's id is 8 hex digits, in lower case");
  }
  return id;
}

std::string to_text(const PersonPublicKey& key) {
  return std::string(kPrefix) + key.name + "+" + to_hex(id_of(key)) + "+" + to_base64(numbered(key.key));
}

Result<PersonPublicKey> person_public_key_from(std::string_view text) {
  if (!text.starts_with(kPrefix) || text.size() > 256) return not_a_key();
  std::string_view rest = text.substr(kPrefix.size());
  const std::size_t plus = std::min(rest.find('+'), rest.size());
  PersonPublicKey key{.name = std::string(rest.substr(0, plus))};
  rest.remove_prefix(
      std::min(rest.size(), plus + 10));  // Both pluses and the id, which to_text() makes anew below.
  const auto bytes = from_base64(rest);
  if (!is_person_name(key.name) || !bytes || bytes->empty() || bytes->front() != kEd25519) return not_a_key();
  if (!copy_exactly(std::string_view(*bytes).substr(1), key.key) || to_text(key) != text) return not_a_key();
  return key;
}

std::string to_text(const SealedPersonKey& key) {
  Json json;
  json["argon2id"] = {{"memory_kib", key.cost.memory_kib},
                      {"passes", key.cost.passes},
                      {"salt", to_base64(chars_of(key.salt))}};
  json["public"] = to_text(key.public_key);
  json["sealed"] = to_base64(key.sealed);
  json["v"] = 1;
  return canonical_json(json).value_or("") + "\n";
}

Result<SealedPersonKey> sealed_person_key_from(std::string_view text) {
  if (!text.ends_with('\n')) return fail(Code::kInvalidInput, "a person's key is one line");
  SEAWALL_TRY(const Json json, read_canonical_json(text.substr(0, text.size() - 1), kFileBytesMax));
  Members members(json);
  SealedPersonKey key;
  read_cost(members.object("argon2id"), key, members);
  const auto public_key = person_public_key_from(members.text("public", 256));
  auto sealed = from_base64(members.text("sealed", 128));
  members.number("v", 1, 1);
  if (!public_key) members.refuse("its public part is none");
  if (!sealed || sealed->size() != kSealedBytes) members.refuse("its private part is not 60 bytes");
  SEAWALL_CHECK(members.done("a person's key"));
  key.public_key = *public_key;
  key.sealed = *std::move(sealed);
  if (to_text(key) != text) return fail(Code::kInvalidInput, "a person's key that is not in its one form");
  return key;
}

Result<PersonKey> PersonKey::make(std::string_view name) {
  if (!is_person_name(name)) {
    return fail(
        Code::kInvalidInput,
        "a person's name is 1 to 64 of a-z, 0-9, '.', '-' and '_', and begins with a letter or digit");
  }
  SEAWALL_TRY(SigningKey key, SigningKey::generate());
  SEAWALL_TRY(const RawPublicKey bytes, key.public_key());
  return PersonKey({.name = std::string(name), .key = bytes}, std::move(key));
}

Result<PersonKey> PersonKey::open(const SealedPersonKey& sealed, std::string_view passphrase) {
  Argon2Key made;
  SEAWALL_CHECK(argon2id_derive(passphrase, sealed.salt, sealed.cost, made));
  const SealingKey sealing(made.bytes);
  auto key = SigningKey::from_sealed_seed(sealed.sealed, sealing, seal_context(sealed.public_key));
  if (!key)
    return fail(Code::kInvalidInput, "the passphrase is not that of this key, or the key's file was changed");
  SEAWALL_TRY(const RawPublicKey bytes, key->public_key());
  if (bytes != sealed.public_key.key)
    return fail(Code::kInvalidInput, "the key's two parts do not belong together");
  return PersonKey(sealed.public_key, *std::move(key));
}

Result<SealedPersonKey> PersonKey::seal(std::string_view passphrase, const Argon2Cost& cost) const {
  if (passphrase.size() < kPassphraseCharactersMin) {
    return fail(Code::kInvalidInput, "a passphrase has 12 characters or more");
  }
  SealedPersonKey sealed{.public_key = public_, .cost = cost};
  SEAWALL_CHECK(fill_with_random_bytes(sealed.salt));
  Argon2Key made;
  SEAWALL_CHECK(argon2id_derive(passphrase, sealed.salt, cost, made));
  SEAWALL_TRY(sealed.sealed, key_.sealed_seed(SealingKey(made.bytes), seal_context(public_)));
  return sealed;
}

}  // namespace seawall
