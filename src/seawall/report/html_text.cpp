#include "seawall/report/html_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "seawall/base/base64.h"

namespace seawall {
namespace {

template <class... Values>
std::string formatted(const char* format, Values... values) {
  std::array<char, 64> text;
  const int length = std::snprintf(text.data(), text.size(), format, values...);
  return {text.data(), static_cast<std::size_t>(length)};
}

// Characters with no look of their own that change how others are shown or compared.
bool is_deceptive(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xE0000 && c <= 0xE007F);
}

// Reads one character at `at` and moves past it; U+FFFD for a byte that is not part of UTF-8.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at++);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 && first <= 0xF4  ? 3
                   : first >= 0xE0 && first < 0xF0 ? 2
                   : first >= 0xC2 && first < 0xE0 ? 1
                                                   : 0;
  if (more == 0 || at + static_cast<std::size_t>(more) > text.size()) return 0xFFFD;
  char32_t value = first & (0x3FU >> more);
  for (int i = 0; i < more; ++i) {
    const unsigned char next = byte(at + static_cast<std::size_t>(i));
    if ((next & 0xC0) != 0x80) return 0xFFFD;
    value = (value << 6) | (next & 0x3FU);
  }
  constexpr std::array<char32_t, 4> kSmallest = {0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[static_cast<std::size_t>(more)] || value > 0x10FFFF) return 0xFFFD;
  if (value >= 0xD800 && value <= 0xDFFF) return 0xFFFD;
  at += static_cast<std::size_t>(more);
  return value;
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const char32_t c = next_character(text, at);
    if (c == U'&')
      out += "&amp;";
    else if (c == U'<')
      out += "&lt;";
    else if (c == U'>')
      out += "&gt;";
    else if (c == U'"')
      out += "&quot;";
    else if (c == U'\'')
      out += "&#39;";
    else if (c == 0xFFFD)
      out += "\xEF\xBF\xBD";
    else if (is_deceptive(c))
      out += formatted("\xE2\x9F\xA8U+%04X\xE2\x9F\xA9", static_cast<unsigned>(c));
    else
      out.append(text, start, at - start);
  }
  return out;
}

std::string with_thousands(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string readable_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + " B";
  constexpr std::array<const char*, 6> kUnits = {"kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes) / 1000.0;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000.0;
    ++unit;
  }
  return formatted(value < 9.95 ? "%.1f %s" : "%.0f %s", value, kUnits[unit]);
}

std::string readable_duration(std::int64_t milliseconds) {
  if (milliseconds < 0) milliseconds = 0;
  if (milliseconds < 9'950) return formatted("%.1f s", static_cast<double>(milliseconds) / 1000.0);
  const long long seconds = (milliseconds + 500) / 1000;
  if (seconds < 60) return formatted("%lld s", seconds);
  if (seconds < 3600) return formatted("%lld min %lld s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return formatted("%lld h %lld min", seconds / 3600, seconds / 60 % 60);
  return formatted("%lld d %lld h", seconds / 86'400, seconds / 3600 % 24);
}

std::string readable_time(std::int64_t unix_milliseconds) {
  const std::chrono::sys_time<std::chrono::milliseconds> instant{
      std::chrono::milliseconds(unix_milliseconds)};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(instant - day));
  return formatted("%04d-%02u-%02u %02d:%02d:%02d UTC", static_cast<int>(date.year()),
                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                   static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                   static_cast<int>(time.seconds().count()));
}

std::string base64(std::span<const std::byte> bytes) {
  return to_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace seawall
