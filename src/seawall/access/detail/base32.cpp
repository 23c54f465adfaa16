#include "seawall/access/detail/base32.h"

#include <cstdint>

namespace seawall::access_detail {
namespace {

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";

/// 0..31, or -1.
int value_of(char c) {
  if (c >= 'a' && c <= 'z') return c - 'a';
  if (c >= '2' && c <= '7') return c - '2' + 26;
  return -1;
}

}  // namespace

std::string to_base32(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const std::byte byte : bytes) {
    held = (held << 8U) | static_cast<std::uint32_t>(byte);
    for (bits += 8; bits >= 5; bits -= 5) text.push_back(kAlphabet[(held >> (bits - 5U)) & 31U]);
  }
  if (bits > 0) text.push_back(kAlphabet[(held << (5U - bits)) & 31U]);
  return text;
}

bool from_base32(std::string_view text, std::span<std::byte> out) {
  if (text.size() != (out.size() * 8 + 4) / 5) return false;
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (const char c : text) {
    const int value = value_of(c);
    if (value < 0) return false;
    held = (held << 5U) | static_cast<std::uint32_t>(value);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out[at++] = static_cast<std::byte>((held >> bits) & 255U);
  }
  return (held & ((1U << bits) - 1U)) == 0;
}

}  // namespace seawall::access_detail
