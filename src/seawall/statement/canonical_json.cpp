#include "seawall/statement/canonical_json.h"

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

#include "seawall/json/text.h"

namespace seawall {
namespace {

// In UTF-8, code points of four bytes sort behind U+E000..U+FFFF; in UTF-16 they sort before them, as
// surrogates.
unsigned utf16_rank(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0xEE) return byte;
  return byte >= 0xF0 ? byte - 2U : byte + 5U;
}

bool utf16_less(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(a, b, {}, utf16_rank, utf16_rank);
}

void append_escaped(std::string& out, char c) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  static constexpr std::string_view kShort = "\b\t\n\f\r\"\\";
  static constexpr std::string_view kLetters = "btnfr\"\\";
  const auto byte = static_cast<unsigned char>(c);
  if (const std::size_t at = kShort.find(c); at != std::string_view::npos) {
    (out += '\\') += kLetters[at];
  } else if (byte < 0x20) {
    ((out += "\\u00") += kHex[byte >> 4]) += kHex[byte & 15];
  } else {
    out += c;
  }
}

Result<void> append_text(std::string& out, std::string_view text) {
  if (!is_utf8(text)) return fail(Code::kInvalidInput, "a text that is not UTF-8");
  out += '"';
  for (const char c : text) append_escaped(out, c);
  out += '"';
  return {};
}

Result<void> append_number(std::string& out, const Json& value) {
  const bool fits = value.is_number_unsigned()
                        ? value.get<std::uint64_t>() <= std::uint64_t{kCanonicalIntegerMax}
                        : value.is_number_integer() && value.get<std::int64_t>() >= -kCanonicalIntegerMax &&
                              value.get<std::int64_t>() <= kCanonicalIntegerMax;
  if (!fits) return fail(Code::kInvalidInput, "a number that is no whole number up to 2^53 - 1");
  append_json_number(out, value.get<std::int64_t>());
  return {};
}

Result<void> append_value(std::string& out, const Json& value, int depth);

Result<void> append_array(std::string& out, const Json& value, int depth) {
  out += '[';
  for (const Json& element : value) {
    if (out.back() != '[') out += ',';
    SEAWALL_CHECK(append_value(out, element, depth));
  }
  out += ']';
  return {};
}

Result<void> append_object(std::string& out, const Json& value, int depth) {
  std::vector<std::pair<std::string_view, const Json*>> members;
  for (const auto& [name, member] : value.items()) members.emplace_back(name, &member);
  std::ranges::sort(members, [](const auto& a, const auto& b) { return utf16_less(a.first, b.first); });
  out += '{';
  bool first = true;
  for (const auto& [name, member] : members) {
    if (!std::exchange(first, false)) out += ',';
    SEAWALL_CHECK(append_text(out, name));
    out += ':';
    SEAWALL_CHECK(append_value(out, *member, depth));
  }
  out += '}';
  return {};
}

Result<void> append_value(std::string& out, const Json& value, int depth) {
  if (depth > kCanonicalDepthMax) return fail(Code::kLimitExceeded, "JSON nested deeper than 16 levels");
  if (value.is_object()) return append_object(out, value, depth + 1);
  if (value.is_array()) return append_array(out, value, depth + 1);
  if (value.is_string()) return append_text(out, value.get_ref<const std::string&>());
  if (value.is_number()) return append_number(out, value);
  if (value.is_boolean()) {
    out += value.get<bool>() ? "true" : "false";
    return {};
  }
  if (!value.is_null()) return fail(Code::kInvalidInput, "a value that JSON has not");
  out += "null";
  return {};
}

/// Notices a member that its object has had before.
class MemberWatch {
 public:
  bool operator()(int /*depth*/, Json::parse_event_t event, Json& value) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start) names_.emplace_back();
    if (event == Event::object_end) names_.pop_back();
    if (event == Event::key && !names_.back().insert(value.get<std::string>()).second) twice_ = true;
    return true;
  }
  [[nodiscard]] bool met_one_twice() const { return twice_; }

 private:
  std::vector<std::set<std::string>> names_;
  bool twice_ = false;
};

}  // namespace

Result<std::string> canonical_json(const Json& value) {
  std::string out;
  SEAWALL_CHECK(append_value(out, value, 0));
  return out;
}

Result<Json> read_canonical_json(std::string_view text, std::size_t bytes_max) {
  SEAWALL_TRY(Json value, parse_json(text, bytes_max));
  SEAWALL_TRY(const std::string again, canonical_json(value));
  if (again != text) return fail(Code::kInvalidInput, "JSON that is not in canonical form (RFC 8785)");
  return value;
}

Result<Json> read_strict_json(std::string_view text, std::size_t bytes_max) {
  // Says what is wrong, and bounds the depth, before the second reading looks for members that stand twice.
  SEAWALL_TRY(Json value, parse_json(text, bytes_max));
  MemberWatch watch;
  [[maybe_unused]] const Json again = Json::parse(text, std::ref(watch));
  if (watch.met_one_twice()) return fail(Code::kInvalidInput, "a member stands twice in one object");
  SEAWALL_CHECK(canonical_json(value));
  return value;
}

}  // namespace seawall
