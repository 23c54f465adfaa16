#include "seawall/playlist/detail/hls_words.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "seawall/base/hex.h"

namespace seawall {
namespace {

constexpr double kDaySeconds = 86'400;
constexpr std::size_t kVariableBytesMax = 4 * 1024;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::uint64_t> hls_number(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || at != end || value > kHlsNumberMax) return std::nullopt;
  return value;
}

std::optional<std::chrono::microseconds> hls_duration(std::string_view text) {
  double seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
  if (error != std::errc{} || at != end || !(seconds >= 0 && seconds <= kDaySeconds)) return std::nullopt;
  return std::chrono::microseconds(std::llround(seconds * 1e6));
}

std::optional<HlsRangeText> hls_range(std::string_view text) {
  const auto at = std::min(text.find('@'), text.size());
  const auto length = hls_number(text.substr(0, at));
  if (!length || *length == 0) return std::nullopt;
  HlsRangeText range{*length, std::nullopt};
  if (at == text.size()) return range;
  range.first = hls_number(text.substr(at + 1));
  if (!range.first || *range.first > kHlsNumberMax - range.length) return std::nullopt;
  return range;
}

std::optional<std::array<std::byte, 16>> hls_iv(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
  text.remove_prefix(2);
  if (text.empty() || text.size() > 32) return std::nullopt;
  std::array<std::byte, 16> iv{};
  if (!from_hex(std::string(32 - text.size(), '0') + std::string(text), iv)) return std::nullopt;
  return iv;
}

const std::string* HlsVariables::find(std::string_view name) const {
  const auto at = std::ranges::find(values_, name, [](const auto& v) -> std::string_view { return v.first; });
  return at == values_.end() ? nullptr : &at->second;
}

Result<void> HlsVariables::set(std::string_view name, std::string_view value) {
  if (name.empty() || name.size() > 256 || !std::ranges::all_of(name, is_name_character)) {
    return fail(Code::kInvalidInput, "a variable's name is not one");
  }
  if (find(name) != nullptr) return fail(Code::kInvalidInput, "a variable is defined twice");
  if (values_.size() == kHlsVariablesMax || value.size() > kVariableBytesMax) {
    return fail(Code::kLimitExceeded, "more than 64 variables, or one of more than 4 KiB");
  }
  values_.emplace_back(name, value);
  return {};
}

Result<std::string> HlsVariables::filled(std::string_view text) const {
  std::string out;
  for (auto at = text.find("{$"); at != std::string_view::npos; at = text.find("{$")) {
    const auto end = text.find('}', at);
    const std::string_view name = end == std::string_view::npos ? "" : text.substr(at + 2, end - at - 2);
    if (name.empty() || !std::ranges::all_of(name, is_name_character)) {  // No variable: text like any other.
      out += text.substr(0, at + 2);
      text.remove_prefix(at + 2);
      continue;
    }
    const std::string* value = find(name);
    if (value == nullptr) return fail(Code::kInvalidInput, "a variable that is not defined");
    out.append(text.substr(0, at)).append(*value);
    text.remove_prefix(end + 1);
    if (out.size() > kHlsLineBytesMax) {
      return fail(Code::kLimitExceeded, "a line has more than 16 KiB once its variables are filled in");
    }
  }
  out += text;
  return out;
}

Result<HlsAttributes> HlsAttributes::from_text(std::string_view text, const HlsVariables* variables) {
  HlsAttributes attributes;
  while (!(text = trimmed(text)).empty()) {
    if (attributes.pairs_.size() == kHlsAttributesMax) {
      return fail(Code::kLimitExceeded, "a tag has more than 64 attributes");
    }
    const auto name_end = text.find_first_of("=,");
    if (name_end == std::string_view::npos) break;
    const std::string_view name = trimmed(text.substr(0, name_end));
    const bool has_value = text[name_end] == '=';
    text.remove_prefix(name_end + 1);
    if (!has_value) continue;
    text = trimmed(text);
    std::string_view value;
    if (text.starts_with('"')) {
      const auto close = text.find('"', 1);
      if (close == std::string_view::npos) return fail(Code::kInvalidInput, "a quoted text has no end");
      value = text.substr(1, close - 1);
      text.remove_prefix(close + 1);
      const auto comma = text.find(',');
      text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    } else {
      const auto end = std::min(text.find(','), text.size());
      value = trimmed(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (attributes.has(name)) continue;
    SEAWALL_TRY(std::string filled,
                variables != nullptr ? variables->filled(value) : Result<std::string>(std::string(value)));
    attributes.pairs_.emplace_back(name, std::move(filled));
  }
  return attributes;
}

std::string_view HlsAttributes::get(std::string_view name) const {
  const auto at = std::ranges::find(pairs_, name, [](const auto& p) { return p.first; });
  return at == pairs_.end() ? std::string_view{} : std::string_view(at->second);
}
bool HlsAttributes::has(std::string_view name) const {
  return std::ranges::any_of(pairs_, [name](const auto& p) { return p.first == name; });
}

}  // namespace seawall
