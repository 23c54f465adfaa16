#include "seawall/service/hma_words.h"

#include <algorithm>
#include <charconv>

#include "seawall/base/hex.h"
#include "seawall/http/syntax.h"
#include "seawall/json/text.h"

namespace seawall {
namespace {

constexpr std::array<std::string_view, 2> kTypeNames{"pdq", "video_md5"};
constexpr std::array<std::string_view, 2> kContentNames{"photo", "video"};
constexpr std::array<std::string_view, 6> kTrue{"true", "1", "yes", "on", "t", "y"};
constexpr std::array<std::string_view, 6> kFalse{"false", "0", "no", "off", "f", "n"};
constexpr std::size_t kShownMax = 64;  // Of a caller's own text in a message.

std::string shown(std::string_view text) { return std::string(text.substr(0, kShownMax)); }

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view stripped(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string_view name_of(HmaType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

std::optional<HmaType> hma_type_named(std::string_view name) {
  const auto found = std::ranges::find(kTypeNames, name);
  if (found == kTypeNames.end()) return std::nullopt;
  return static_cast<HmaType>(found - kTypeNames.begin());
}

HmaRead<HmaType> hma_type_of_content(std::string_view content_type) {
  const auto found = std::ranges::find(kContentNames, content_type);
  if (found == kContentNames.end()) {
    return refuse(ProblemKind::kInvalidInput, "no such content_type: '" + shown(content_type) + "'");
  }
  return static_cast<HmaType>(found - kContentNames.begin());
}

HmaRead<void> hma_check_selection(HmaType type, const std::optional<std::string>& types) {
  if (!types) return {};
  bool selected = false;
  for (const std::string& name : hma_names(*types)) {
    const auto bare = stripped(name);
    if (bare.empty()) continue;
    if (bare != name_of(type)) {
      return refuse(ProblemKind::kInvalidInput,
                    "signal type '" + shown(bare) + "' doesn't exist or is disabled");
    }
    selected = true;
  }
  if (!selected) return refuse(ProblemKind::kInvalidInput, "empty signal type selection");
  return {};
}

Result<HmaSignal> hma_signal_from_text(HmaType type, std::string_view text) {
  HmaSignal signal;
  signal.type = type;
  if (type == HmaType::kVideoMd5) {
    signal.text = lower(stripped(text));
    if (from_hex(signal.text, signal.md5)) return signal;
    return fail(Code::kInvalidInput, "'" + shown(text) + "' is not a valid MD5 hash");
  }
  if (text.ends_with('\n')) text.remove_suffix(1);
  signal.text = text;
  const auto bits = fingerprint_from_text(text);
  if (!bits || !is_lower_hex(text)) return fail(Code::kInvalidInput, "invalid PDQ hash");
  signal.pdq = *bits;
  return signal;
}

HttpAnswer hma_faults_answer(const std::vector<HmaFault>& faults) {
  std::string body = "[";
  for (const HmaFault& fault : faults) {
    if (body.size() > 1) body += ',';
    body += "{\"type\":";
    append_json_string(body, fault.type);
    body += ",\"loc\":[";
    if (!fault.at.empty()) append_json_string(body, fault.at);
    body += "],\"msg\":";
    append_json_string(body, fault.words);
    body += ",\"input\":" + fault.input + '}';
  }
  return json_answer(422, body + "]");
}

HmaFault hma_missing(std::string name) { return {"missing", std::move(name), "Field required"}; }

std::optional<bool> hma_boolean(std::string_view text) {
  const std::string word = lower(text);
  if (std::ranges::find(kTrue, word) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, word) != kFalse.end()) return false;
  return std::nullopt;
}

HmaRead<bool> hma_flag(Query& query, std::string_view name, bool otherwise, std::vector<HmaFault>& faults) {
  auto text = query.any_text(name);
  if (!text) return tl::unexpected(std::move(text).error());
  if (!*text) return otherwise;
  if (const auto flag = hma_boolean(**text)) return *flag;
  HmaFault fault{"bool_parsing", std::string(name),
                 "Input should be a valid boolean, unable to interpret input", ""};
  append_json_string(fault.input, shown(**text));
  faults.push_back(std::move(fault));
  return otherwise;
}

CallProblem hma_problem(const Error& error) {
  CallProblem problem(error);
  if (problem.kind == ProblemKind::kConflict || problem.kind == ProblemKind::kUnsupported) {
    problem.kind = ProblemKind::kInvalidInput;
  }
  return problem;
}

HttpAnswer hma_message(int status, std::string_view words) {
  std::string body = "{\"message\":";
  append_json_string(body, words);
  return json_answer(status, body + "}");
}

std::string hma_id(EntryId entry) { return std::to_string(static_cast<std::uint64_t>(entry)); }

std::optional<EntryId> hma_entry(std::string_view id) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc{} || end != id.data() + id.size()) return std::nullopt;
  return EntryId{number};
}

std::vector<std::string> hma_names(std::string_view list) {
  std::vector<std::string> names;
  while (true) {
    const auto comma = list.find(',');
    names.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return names;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace seawall
