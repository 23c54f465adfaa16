#include "seawall/bank/settings.h"

#include "seawall/json/json.h"
#include "seawall/json/text.h"

namespace seawall {
namespace {

constexpr std::string_view kFormat = "seawall-bank";
constexpr int kRadiusMax = 256;

Result<void> check(const BankSettings& settings) {
  if (settings.name.empty() || settings.name.size() > BankSettings::kNameBytesMax ||
      !is_utf8(settings.name)) {
    return fail(Code::kInvalidInput,
                "a bank's name is 1 to " + std::to_string(BankSettings::kNameBytesMax) + " bytes of UTF-8");
  }
  if (settings.radius_bits < 0 || settings.radius_bits > kRadiusMax) {
    return fail(Code::kInvalidInput, "a radius is 0 to " + std::to_string(kRadiusMax) + " bits");
  }
  return {};
}

tl::unexpected<Error> corrupt(std::string_view what) {
  return fail(Code::kCorrupt, "bank.json: " + std::string(what));
}

}  // namespace

Result<std::string> bank_settings_to_text(const BankSettings& settings) {
  SEAWALL_CHECK(check(settings));
  Json json;
  json["format"] = kFormat;
  json["version"] = settings.format_version;
  json["name"] = settings.name;
  json["radius"] = settings.radius_bits;
  json["action"] = name_of(settings.action);
  return to_pretty(json);
}

Result<BankSettings> bank_settings_from_text(std::string_view text) {
  const auto json = parse_json(text, 1 << 16);
  if (!json) return corrupt(json.error().message);
  if (!json->is_object() || json->value("format", Json()) != Json(kFormat)) return corrupt("not of a bank");
  const Json version = json->value("version", Json());
  if (!version.is_number_integer()) return corrupt("no version");
  if (version < Json(1) || version > Json(BankSettings::kFormatVersion)) {
    return fail(Code::kUnsupported, "bank.json: format version " + version.dump() +
                                        ", this program reads up to " +
                                        std::to_string(BankSettings::kFormatVersion) + "; update seawall");
  }
  const Json name = json->value("name", Json());
  const Json radius = json->value("radius", Json());
  const Json action = json->value("action", Json());
  if (!name.is_string() || !radius.is_number_integer() || !action.is_string()) {
    return corrupt("name, radius or action is missing or of the wrong type");
  }
  BankSettings settings;
  settings.format_version = version.get<int>();
  settings.name = name.get<std::string>();
  const bool in_range = radius >= Json(0) && radius <= Json(kRadiusMax);
  settings.radius_bits = in_range ? radius.get<int>() : -1;
  const auto known = bank_action_from_text(action.get<std::string>());
  if (!known) return corrupt(known.error().message);
  settings.action = *known;
  if (const auto checked = check(settings); !checked) return corrupt(checked.error().message);
  return settings;
}

}  // namespace seawall
