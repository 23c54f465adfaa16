#include "seawall/json/text.h"

#include <array>
#include <charconv>

namespace seawall {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

constexpr bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

// Length in bytes of the well-formed character at `at`, or 0. Source: Unicode 15, table 3-7.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t left = text.size() - at;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return left >= 2 && is_continuation(byte(at + 1)) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (left < 3 || !is_continuation(byte(at + 1)) || !is_continuation(byte(at + 2))) return 0;
    if (first == 0xE0 && byte(at + 1) < 0xA0) return 0;
    if (first == 0xED && byte(at + 1) > 0x9F) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (left < 4) return 0;
    for (std::size_t i = 1; i < 4; ++i) {
      if (!is_continuation(byte(at + i))) return 0;
    }
    if (first == 0xF0 && byte(at + 1) < 0x90) return 0;
    if (first == 0xF4 && byte(at + 1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

constexpr bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '"' &&
         c != '\\';
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const unsigned value = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kHexDigits[value >> 4];
  out += kHexDigits[value & 15];
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t plain = at;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out.append(text, at, plain - at);
    at = plain;
    if (at == text.size()) break;
    const std::size_t length = character_length(text, at);
    if (length == 0) {
      out += kReplacement;
      ++at;
    } else if (length == 1) {
      append_escape(out, text[at++]);
    } else {
      out.append(text, at, length);
      at += length;
    }
  }
  out += '"';
}

void append_json_number(std::string& out, std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string path_to_utf8(std::string_view path) {
  if (is_utf8(path) && path.find("\\x") == std::string_view::npos) return std::string(path);
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t length = character_length(path, at);
    if (length == 0 || path[at] == '\\') {
      const unsigned value = static_cast<unsigned char>(path[at++]);
      out += "\\x";
      out += kHexDigits[value >> 4];
      out += kHexDigits[value & 15];
    } else {
      out.append(path, at, length);
      at += length;
    }
  }
  return out;
}

std::string path_from_utf8(std::string_view escaped) {
  std::string out;
  for (std::size_t at = 0; at < escaped.size();) {
    if (escaped.substr(at, 2) == "\\x" && at + 4 <= escaped.size()) {
      const int high = hex_value(escaped[at + 2]);
      const int low = hex_value(escaped[at + 3]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        at += 4;
        continue;
      }
    }
    out += escaped[at++];
  }
  return out;
}

}  // namespace seawall
