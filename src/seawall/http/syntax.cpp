#include "seawall/http/syntax.h"

#include <algorithm>
#include <array>

namespace seawall {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_token_character(char c) {
  return is_letter_or_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_cookie_character(char c) {
  return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

/// Where the quoted string that begins `text` ends, past its closing quote; npos: nowhere.
std::size_t end_of_quoted(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return std::string_view::npos;
}

std::string two_digits(unsigned number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

}  // namespace

bool is_http_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

bool is_http_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view http_trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

bool http_list_has(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (equal_ignoring_case(http_trimmed(list.substr(0, comma)), token)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

HttpParameters::HttpParameters(std::string_view text) {
  const auto end = std::min(text.find(';'), text.size());
  value_ = http_trimmed(text.substr(0, end));
  rest_ = http_trimmed(text.substr(end));
}

Result<HttpParameters::Parameter> HttpParameters::next() {
  if (++read_ > 16)
    return fail(Code::kLimitExceeded, "more than 16 parameters; leave those out that say nothing");
  if (!rest_.starts_with(';')) return fail(Code::kInvalidInput, "parameters are separated by ';'");
  rest_ = http_trimmed(rest_.substr(1));
  const auto equals = std::min(rest_.find('='), rest_.size());
  Parameter parameter{rest_.substr(0, equals), {}, false};
  if (equals == rest_.size() || !is_http_token(parameter.name)) {
    return fail(Code::kInvalidInput, "a parameter is written name=value, without blanks");
  }
  rest_.remove_prefix(equals + 1);
  if (rest_.starts_with('"')) {
    const auto end = end_of_quoted(rest_);
    if (end == std::string_view::npos) return fail(Code::kInvalidInput, "a quoted value does not end");
    parameter.value = rest_.substr(1, end - 2);
    parameter.quoted = true;
    rest_ = http_trimmed(rest_.substr(end));
    if (!is_http_field_value(parameter.value))
      return fail(Code::kInvalidInput, "a control character in a value");
  } else {
    const auto end = std::min(rest_.find(';'), rest_.size());
    parameter.value = http_trimmed(rest_.substr(0, end));
    rest_ = http_trimmed(rest_.substr(end));
    if (!is_http_token(parameter.value)) {
      return fail(Code::kInvalidInput, "a parameter's value needs quotes around it");
    }
  }
  return parameter;
}

Result<std::string_view> idempotency_key(std::string_view field) {
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
    field = field.substr(1, field.size() - 2);
  const bool good =
      std::ranges::all_of(field, [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; });
  if (field.empty() || field.size() > 64 || !good) {
    return fail(Code::kInvalidInput, "Idempotency-Key: 1 to 64 letters, digits, '-' or '_' are needed");
  }
  return field;
}

Result<std::string_view> cookie_named(std::string_view field, std::string_view name) {
  std::string_view found;
  std::string_view rest = http_trimmed(field);
  for (unsigned read = 0; !rest.empty(); ++read) {
    const auto end = std::min(rest.find(';'), rest.size());
    const std::string_view pair = http_trimmed(rest.substr(0, end));
    rest = http_trimmed(rest.substr(std::min(end + 1, rest.size())));
    const auto equals = pair.find('=');
    if (read == 64 || equals == std::string_view::npos || !is_http_token(pair.substr(0, equals))) {
      return fail(Code::kInvalidInput, "Cookie: up to 64 of name=value, separated by ';', are needed");
    }
    if (pair.substr(0, equals) != name) continue;
    std::string_view value = pair.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    if (found.data() != nullptr) return fail(Code::kInvalidInput, "Cookie: two of one name; remove one");
    if (!std::ranges::all_of(value, is_cookie_character)) {
      return fail(Code::kInvalidInput, "Cookie: a value holds what cookies may not");
    }
    found = value;
  }
  return found;
}

std::string http_date(std::chrono::sys_seconds time) {
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const auto digits = [](auto count) { return two_digits(static_cast<unsigned>(count)); };
  return std::string(kDays[std::chrono::weekday(day).c_encoding()]) + ", " +
         two_digits(static_cast<unsigned>(date.day())) + " " +
         kMonths[static_cast<unsigned>(date.month()) - 1] + " " + two_digits(year / 100) +
         two_digits(year % 100) + " " + digits(clock.hours().count()) + ":" +
         digits(clock.minutes().count()) + ":" + digits(clock.seconds().count()) + " GMT";
}

std::string rate_limit_field(std::string_view policy, std::uint64_t items_left,
                             std::chrono::seconds until_reset) {
  return "\"" + std::string(policy) + "\";r=" + std::to_string(items_left) +
         ";t=" + std::to_string(until_reset.count());
}

std::string rate_limit_policy_field(std::string_view policy, std::uint64_t items,
                                    std::chrono::seconds window) {
  return "\"" + std::string(policy) + "\";q=" + std::to_string(items) +
         ";w=" + std::to_string(window.count());
}

}  // namespace seawall
