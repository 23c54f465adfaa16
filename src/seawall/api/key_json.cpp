#include "seawall/api/key_json.h"

#include "seawall/api/list_json.h"
#include "seawall/base/hex.h"

namespace seawall {
namespace {

Json scopes_json(ScopeSet scopes) {
  Json json = Json::array();
  for (const Scope scope : all_scopes()) {
    if (scopes.has(scope)) json.push_back(name_of(scope));
  }
  return json;
}

}  // namespace

std::optional<Time> old_secret_until(const AccessKey& key, Time now) {
  for (const KeySecret& secret : key.secrets) {
    if (secret.until && now < *secret.until) return secret.until;
  }
  return std::nullopt;
}

Json key_json(const AccessKey& key, Time now, const KeyJsonStyle& style) {
  Json json;
  json["key"] = std::string(style.id_prefix) + key.id;
  json["name"] = key.name;
  if (style.tenant) json["tenant"] = key.tenant;
  json["scopes"] = scopes_json(key.scopes);
  if (!key.banks.empty()) json["banks"] = key.banks;
  if (!key.networks.empty()) json["networks"] = key.networks;
  json["state"] = name_of(state_of(key, now));
  json["expires"] = list_time_text(key.expires);
  if (const auto until = old_secret_until(key, now)) json["old_secret_until"] = list_time_text(*until);
  json["rate"] = nullptr;
  if (const auto rate = key.rate ? key.rate : style.default_rate) {
    json["rate"] = {{"items", rate->items}, {"per_s", rate->per_s}};
  }
  if (key.certificate) json["certificate_sha256"] = to_hex(*key.certificate);
  json["created"] = authorship_json(key.created);
  if (key.revoked) json["revoked"] = authorship_json(*key.revoked);
  json["last_used"] = nullptr;
  if (key.last_used) {
    const auto since_epoch = std::chrono::floor<std::chrono::seconds>(*key.last_used).time_since_epoch();
    json["last_used"] = list_time_text(Time(since_epoch - since_epoch % style.last_used_step));
  }
  return json;
}

}  // namespace seawall
