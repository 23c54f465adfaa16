#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace seawall::tlog::detail {

/// The four bytes of a key id, highest first.
inline std::string key_id_bytes(std::uint32_t id) {
  return {static_cast<char>(id >> 24), static_cast<char>(id >> 16 & 0xFF), static_cast<char>(id >> 8 & 0xFF),
          static_cast<char>(id & 0xFF)};
}

/// The key id in the first four of `bytes`.
inline std::uint32_t key_id_in(std::string_view bytes) {
  std::uint32_t id = 0;
  for (const char c : bytes.substr(0, 4)) id = id << 8 | static_cast<unsigned char>(c);
  return id;
}

}  // namespace seawall::tlog::detail
