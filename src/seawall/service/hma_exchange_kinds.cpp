#include <algorithm>

#include "seawall/json/json.h"
#include "seawall/service/hma_info_calls.h"

namespace seawall {
namespace {

/// An option of subscriptions.toml as HMA describes a field; `type` in HMA's words.
struct Field {
  std::string_view kinds;  ///< "": of all.
  std::string_view name;
  std::string_view type;
  bool required = false;
  std::string_view otherwise;  ///< JSON.
  std::string_view help;
};

constexpr std::array<std::string_view, 5> kKinds{"ncmec", "stopncii", "threatexchange", "seawall", "file"};

/// docs/formats/subscriptions-toml.md
constexpr std::array kSettings = std::to_array<Field>({
    {"", "bank", "string", true, "null", "where its entries are proposed"},
    {"", "tenant", "string", false, "\"default\"", "whose bank it is"},
    {"ncmec seawall file", "url", "string", true, "null", "https address; http only to this machine"},
    {"stopncii threatexchange", "url", "string", false, "null",
     "https address; unless given, the body's own"},
    {"file", "format", "string", true, "null", "the exchange format that its documents are in"},
    {"", "every", "string", false, "\"15m\"", "how often it is pulled: 10s to 30d"},
    {"", "release", "string", false, "\"propose\"", "propose, or stage at once; people activate"},
    {"", "enabled", "boolean", false, "true", "false: it rests"},
    {"", "ca_file", "string", false, "null", "PEM file of authorities that are trusted besides the system's"},
    {"ncmec", "begin", "string", false, "\"1970-01-01\"", "the day that the first window of time begins"},
    {"ncmec", "lag_s", "number", false, "60", "how many seconds before now a window ends"},
    {"stopncii", "page_size", "number", false, "800", "1 to 10000"},
    {"threatexchange", "page_size", "number", false, "500", "1 to 10000"},
    {"threatexchange", "privacy_group", "number", true, "null", "its number"},
    {"seawall", "public_key_file", "string", true, "null", "the issuer's Ed25519 public key (PEM)"},
    {"file", "public_key_file", "string", false, "null", "of a signed format"},
    {"file", "snapshot", "boolean", false, "true", "the file is the whole list"},
});

constexpr std::array kSecrets = std::to_array<Field>({
    {"ncmec", "user", "string", true, "null", "account"},
    {"ncmec", "password", "string", true, "null", "its password"},
    {"stopncii", "functions_key", "string", true, "null", "key of the functions"},
    {"stopncii", "subscription_key", "string", true, "null", "key of the subscription"},
    {"stopncii", "feedback_functions_key", "string", false, "null", "where feedback has one of its own"},
    {"threatexchange", "access_token", "string", true, "null", "token of the app"},
    {"seawall", "token", "string", false, "null", "where the issuer asks for one"},
    {"file", "token", "string", false, "null", "or user and password, or none"},
    {"file", "user", "string", false, "null", "with password"},
    {"file", "password", "string", false, "null", "with user"},
});

Json fields_of(std::span<const Field> table, std::string_view kind) {
  Json fields = Json::array();
  for (const Field& field : table) {
    if (!field.kinds.empty() && field.kinds.find(kind) == std::string_view::npos) continue;
    Json one;
    one["name"] = field.name;
    one["type"] = field.type;
    one["required"] = field.required;
    one["default"] = parse_json(field.otherwise).value_or(Json());
    one["help"] = field.help;
    one["choices"] = Json();
    fields.push_back(std::move(one));
  }
  return {{"fields", std::move(fields)}};
}

}  // namespace

std::string hma_exchange_kinds() {
  Json names = Json::array();
  for (const auto kind : kKinds) names.push_back(kind);
  return to_line(names);
}

std::optional<std::string> hma_exchange_schema(std::string_view kind) {
  if (std::ranges::find(kKinds, kind) == kKinds.end()) return std::nullopt;
  Json schema;
  schema["config_schema"] = fields_of(kSettings, kind);
  schema["credentials_schema"] = fields_of(kSecrets, kind);
  return to_line(schema);
}

}  // namespace seawall
