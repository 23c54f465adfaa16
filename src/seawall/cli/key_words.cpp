#include "seawall/cli/key_words.h"

#include <algorithm>
#include <charconv>

#include "seawall/api/key_json.h"
#include "seawall/base/hex.h"
#include "seawall/cli/lists_session.h"

namespace seawall::cli {
namespace {

bool read_number(std::string_view text, std::uint32_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Result<KeyRate> rate_from(std::string_view text) {
  const std::size_t slash = text.find('/');
  KeyRate rate;
  if (slash != std::string_view::npos && read_number(text.substr(0, slash), rate.items) &&
      read_number(text.substr(slash + 1), rate.per_s)) {
    return rate;
  }
  return fail(Code::kInvalidInput, "a rate is written ITEMS/SECONDS, such as 1000/60");
}

Result<Sha256> fingerprint_from(std::string_view text) {
  std::string hex(text);
  if (hex.size() == 95) std::erase(hex, ':');
  Sha256 digest{};
  if (from_hex(hex, digest)) return digest;
  return fail(Code::kInvalidInput,
              "a certificate is named by its SHA-256, 64 hex digits; print it with: openssl x509 -in FILE "
              "-noout -fingerprint -sha256");
}

Result<Scope> scope_from(std::string_view text) {
  if (const auto scope = scope_named(text)) return *scope;
  return fail(Code::kInvalidInput, "the scopes are: " + scope_words(ScopeSet::from_bits(~std::uint32_t{0})));
}

std::string scope_words(ScopeSet scopes) {
  std::string words;
  for (const Scope scope : all_scopes()) {
    if (scopes.has(scope)) words.append(words.empty() ? "" : ", ").append(name_of(scope));
  }
  return words;
}

Json key_json(const AccessKey& key, Time now) {
  return seawall::key_json(key, now, {.id_prefix = "", .tenant = true});
}

void print_secrets(Console& console, const KeyWithSecrets& made, Time now, std::string_view done) {
  if (console.json()) {
    Json json = key_json(made.key, now);
    json["secret"] = made.secret.reveal();
    json["webhook_secret"] = made.webhook_secret.reveal();
    console.print(to_line(json) + "\n");
  } else {
    console.print(made.secret.reveal());
    console.print("\n");
  }
  console.flush();
  std::string text = std::string(done) + " key " + made.key.id + " (" + made.key.name + " of tenant " +
                     made.key.tenant + "), for " + scope_words(made.key.scopes) + ", until " +
                     time_text(made.key.expires);
  if (const auto until = old_secret_until(made.key, now)) {
    text += "; the one before works until " + time_text(*until);
  }
  console.note(text +
               ". What standard output holds is shown this once: keep it where its program alone can "
               "read it");
}

Result<AccessKey> key_named(AccessStore& store, const std::string& tenant, const std::string& name) {
  if (name.starts_with("swk_")) {
    return fail(Code::kInvalidInput,
                "that looks like the key itself: name it by its id, the 16 characters after swk_, or by its "
                "name. What stood on a command line may have been seen by others: rotate the key");
  }
  SEAWALL_TRY(KeyAt at, store.key(name));
  if (at.key) return *std::move(at.key);
  SEAWALL_TRY(const auto keys, store.keys(tenant, AccessStore::kKeysMax));
  const std::string wanted = account_key(name);
  const auto found = std::ranges::find(keys, wanted, &AccessKey::name_key);
  if (found != keys.end()) return *found;
  return fail(Code::kNotFound, "tenant " + tenant + " has no key " + name + "; see: seawall keys list");
}

}  // namespace seawall::cli
