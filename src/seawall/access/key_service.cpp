#include "seawall/access/key_service.h"

#include <algorithm>

#include "seawall/base/base64.h"
#include "seawall/crypto/hmac.h"
#include "seawall/net/network.h"

namespace seawall {
namespace {

constexpr std::uint32_t kItemsMax = 10'000'000;
constexpr std::uint32_t kSecondsMax = 86'400;
constexpr std::size_t kNameBytesMax = 200;

Result<void> check_rate(const KeyRate& rate) {
  const bool fits =
      rate.items >= 1 && rate.items <= kItemsMax && rate.per_s >= 1 && rate.per_s <= kSecondsMax;
  if (fits) return {};
  return fail(Code::kInvalidInput, "a rate is 1 to 10000000 items in 1 to 86400 seconds");
}

Result<std::vector<std::string>> canonical_networks(const std::vector<std::string>& texts) {
  if (texts.size() > AccessKey::kNetworksMax) {
    return fail(Code::kInvalidInput,
                "a key has at most " + std::to_string(AccessKey::kNetworksMax) + " networks");
  }
  std::vector<std::string> networks;
  for (const std::string& text : texts) {
    SEAWALL_TRY(const Network network, Network::from_text(text));
    networks.push_back(network.to_text());
  }
  return networks;
}

Result<void> check_banks(const std::vector<std::string>& banks) {
  bool fits = banks.size() <= AccessKey::kBanksMax;
  for (const std::string& bank : banks) fits = fits && !bank.empty() && bank.size() <= kNameBytesMax;
  if (fits) return {};
  return fail(Code::kInvalidInput, "a key is for at most " + std::to_string(AccessKey::kBanksMax) +
                                       " banks, each a name of 1 to 200 bytes");
}

}  // namespace

std::string_view name_of(KeyState state) {
  switch (state) {
    case KeyState::kActive:
      return "active";
    case KeyState::kRotating:
      return "rotating";
    case KeyState::kExpired:
      return "expired";
    case KeyState::kRevoked:
      return "revoked";
  }
  return {};
}

KeyState state_of(const AccessKey& key, Time now) {
  if (key.revoked) return KeyState::kRevoked;
  if (now >= key.expires) return KeyState::kExpired;
  const bool rotating = std::ranges::any_of(
      key.secrets, [now](const KeySecret& secret) { return secret.until && now < *secret.until; });
  return rotating ? KeyState::kRotating : KeyState::kActive;
}

Result<void> KeyService::check_expiry(Time expires) const {
  const Time now = clock_.now();
  if (expires > now && expires <= now + kLifeMax) return {};
  return fail(Code::kInvalidInput, "a key expires after now and at most 400 days from now");
}

Secret KeyService::webhook_secret(std::string_view id, std::uint32_t serial) const {
  Sha256 key = master_.derive("webhooks");
  Sha256 bytes = hmac_sha256(key, std::string(id) + "/" + std::to_string(serial));
  std::string text;
  text.reserve(64);
  text.append("whsec_");
  append_base64(text, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  Secret secret(text);
  wipe_bytes(text.data(), text.size());
  wipe_bytes(bytes.data(), bytes.size());
  wipe_bytes(key.data(), key.size());
  return secret;
}

std::vector<Secret> KeyService::webhook_secrets(const AccessKey& key) const {
  std::vector<Secret> secrets;
  const Time now = clock_.now();
  if (key.revoked || now >= key.expires) return secrets;
  for (const KeySecret& secret : key.secrets) {
    if (!secret.until || now < *secret.until) secrets.push_back(webhook_secret(key.id, secret.serial));
  }
  return secrets;
}

Result<KeyWithSecrets> KeyService::create(const NewKey& wanted, const Actor& actor) {
  SEAWALL_CHECK(check_actor(actor));
  SEAWALL_CHECK(check_actor({wanted.name, actor.why}));  // A key's name is an account's.
  if (wanted.scopes.empty()) return fail(Code::kInvalidInput, "name at least one scope");
  SEAWALL_CHECK(check_expiry(wanted.expires));
  SEAWALL_CHECK(check_banks(wanted.banks));
  if (wanted.rate) SEAWALL_CHECK(check_rate(*wanted.rate));
  AccessKey key;
  SEAWALL_TRY(key.networks, canonical_networks(wanted.networks));
  SEAWALL_TRY(key.id, KeyText::new_id());
  key.tenant = wanted.tenant;
  key.name = wanted.name;
  key.name_key = account_key(wanted.name);
  key.scopes = wanted.scopes;
  key.banks = wanted.banks;
  key.certificate = wanted.certificate;
  key.rate = wanted.rate;
  key.expires = wanted.expires;
  key.created = {actor.who, actor.why, clock_.now()};
  SEAWALL_TRY(auto secret, KeyText::new_secret());
  const KeyText text(key.id, secret);
  wipe_bytes(secret.data(), secret.size());
  key.secrets = {{1, text.digest(), key.created, std::nullopt}};
  SEAWALL_TRY(const std::uint64_t version, store_.add_key(key));
  gate_.learn({key, version});
  Secret webhook = webhook_secret(key.id, 1);
  return KeyWithSecrets{std::move(key), text.text(), std::move(webhook)};
}

Result<KeyWithSecrets> KeyService::rotate(std::string_view tenant, std::string_view id,
                                          std::chrono::seconds overlap, std::optional<Time> expires,
                                          const Actor& actor) {
  SEAWALL_CHECK(check_actor(actor));
  if (overlap.count() < 0 || overlap > kOverlapMax) {
    return fail(Code::kInvalidInput, "the old secret works on for 0 to 2592000 seconds (30 days)");
  }
  if (expires) SEAWALL_CHECK(check_expiry(*expires));
  const Time now = clock_.now();
  SEAWALL_TRY(const KeyAt before, store_.key(id));
  if (before.key && before.key->tenant == tenant && !expires && now >= before.key->expires) {
    return fail(Code::kInvalidInput, "the key has expired: say until when the new secret shall hold");
  }
  SEAWALL_TRY(auto secret, KeyText::new_secret());
  const KeyText text(std::string(id), secret);
  wipe_bytes(secret.data(), secret.size());
  const KeySecret made{0, text.digest(), {actor.who, actor.why, now}, std::nullopt};
  SEAWALL_TRY(KeyAt at, store_.rotate_key(tenant, id, made, now + overlap, expires));
  gate_.learn(at);
  if (!at.key || at.key->secrets.empty()) return fail(Code::kCorrupt, "a key that was rotated is not there");
  Secret webhook = webhook_secret(id, at.key->secrets.front().serial);
  return KeyWithSecrets{*std::move(at.key), text.text(), std::move(webhook)};
}

Result<AccessKey> KeyService::revoke(std::string_view tenant, std::string_view id, const Actor& actor) {
  SEAWALL_CHECK(check_actor(actor));
  SEAWALL_TRY(KeyAt at, store_.revoke_key(tenant, id, {actor.who, actor.why, clock_.now()}));
  gate_.learn(at);
  if (!at.key) return fail(Code::kCorrupt, "a key that was revoked is not there");
  return *std::move(at.key);
}

Result<std::vector<AccessKey>> KeyService::list(std::string_view tenant) {
  return store_.keys(tenant, AccessStore::kKeysMax);
}

}  // namespace seawall
