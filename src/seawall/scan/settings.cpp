#include "seawall/scan/settings.h"

#include <algorithm>

#include "seawall/json/json.h"
#include "seawall/json/text.h"

namespace seawall {
namespace {

constexpr std::size_t kBytesMax = 1 << 20;

Result<std::string> text_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) {
    return fail(Code::kCorrupt, std::string("the scan's settings lack the text \"") + name + "\"");
  }
  return found->get<std::string>();
}

Result<std::uint64_t> count_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) {
    return fail(Code::kCorrupt, std::string("the scan's settings lack the count \"") + name + "\"");
  }
  return found->get<std::uint64_t>();
}

Result<SummaryBank> bank_from(const Json& value) {
  if (!value.is_object()) return fail(Code::kCorrupt, "the scan's settings hold a bank that is no object");
  SummaryBank bank;
  SEAWALL_TRY(bank.name, text_member(value, "name"));
  SEAWALL_TRY(const std::string path, text_member(value, "path"));
  bank.path = path_from_utf8(path);
  SEAWALL_TRY(bank.entry_count, count_member(value, "entries"));
  SEAWALL_TRY(bank.revision, count_member(value, "revision"));
  SEAWALL_TRY(bank.action, text_member(value, "action"));
  return bank;
}

Result<std::vector<SummaryBank>> banks_from(const Json& document) {
  const auto list = document.find("banks");
  if (list == document.end() || !list->is_array()) {
    return fail(Code::kCorrupt, "the scan's settings lack the list of banks");
  }
  std::vector<SummaryBank> banks;
  for (const Json& value : *list) {
    SEAWALL_TRY(SummaryBank bank, bank_from(value));
    banks.push_back(std::move(bank));
  }
  return banks;
}

Result<std::vector<std::pair<std::string, std::string>>> options_from(const Json& document) {
  const auto object = document.find("options");
  if (object == document.end() || !object->is_object()) {
    return fail(Code::kCorrupt, "the scan's settings lack the options");
  }
  std::vector<std::pair<std::string, std::string>> options;
  for (const auto& [name, value] : object->items()) {
    if (!value.is_string()) return fail(Code::kCorrupt, "an option of the scan's settings is no text");
    options.emplace_back(name, value.get<std::string>());
  }
  return options;
}

std::string bank_difference(const SummaryBank& before, const SummaryBank& now) {
  if (before.path != now.path) return "it compared with the bank " + path_to_utf8(before.path);
  if (before.revision != now.revision || before.entry_count != now.entry_count) {
    return "the bank \"" + now.name + "\" has changed since (revision " + std::to_string(before.revision) +
           " then, " + std::to_string(now.revision) + " now)";
  }
  if (before.name != now.name || before.action != now.action) {
    return "the name or action of the bank \"" + before.name + "\" has changed since";
  }
  return {};
}

}  // namespace

std::string to_json_text(const ScanSettings& settings) {
  Json document;
  document["root"] = path_to_utf8(settings.root);
  document["root_typed"] = path_to_utf8(settings.root_typed);
  document["banks"] = Json::array();
  for (const SummaryBank& bank : settings.banks) {
    Json value;
    value["name"] = bank.name;
    value["path"] = path_to_utf8(bank.path);
    value["entries"] = bank.entry_count;
    value["revision"] = bank.revision;
    value["action"] = bank.action;
    document["banks"].push_back(std::move(value));
  }
  document["options"] = Json::object();
  for (const auto& [name, value] : settings.options) document["options"][name] = value;
  return to_line(document);
}

Result<ScanSettings> scan_settings_from_json(std::string_view text) {
  const auto document = parse_json(text, kBytesMax);
  if (!document || !document->is_object()) {
    return fail(Code::kCorrupt, "the scan's settings are not a JSON object");
  }
  ScanSettings settings;
  SEAWALL_TRY(const std::string root, text_member(*document, "root"));
  settings.root = path_from_utf8(root);
  SEAWALL_TRY(const std::string typed, text_member(*document, "root_typed"));
  settings.root_typed = path_from_utf8(typed);
  SEAWALL_TRY(settings.banks, banks_from(*document));
  SEAWALL_TRY(settings.options, options_from(*document));
  return settings;
}

std::string difference_between(const ScanSettings& before, const ScanSettings& now) {
  if (before.root != now.root) return "it is of the folder " + path_to_utf8(before.root);
  if (before.banks.size() != now.banks.size()) {
    return "it compared with " + std::to_string(before.banks.size()) + " banks, not " +
           std::to_string(now.banks.size());
  }
  for (std::size_t i = 0; i < now.banks.size(); ++i) {
    if (auto difference = bank_difference(before.banks[i], now.banks[i]); !difference.empty())
      return difference;
  }
  for (const auto& [name, value] : now.options) {
    const auto same_name = [&](const auto& option) { return option.first == name; };
    const auto found = std::ranges::find_if(before.options, same_name);
    if (found == before.options.end()) return "it had no setting \"" + name + "\"";
    if (found->second != value) return name + " was " + found->second + ", not " + value;
  }
  return before.options.size() == now.options.size() ? "" : "it had further settings";
}

}  // namespace seawall
