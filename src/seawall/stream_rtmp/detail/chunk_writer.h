#pragma once

// For tests and fuzzers: a server's messages as chunks, the slow and plain way.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "seawall/stream_rtmp/chunk_reader.h"

namespace seawall::test {

inline void put_number(std::vector<std::byte>& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

/// One message on a channel of 2 to 63, with a full header and then chunks without.
inline std::vector<std::byte> chunks_of(const RtmpMessage& message, std::uint32_t channel,
                                        std::size_t chunk_bytes) {
  std::vector<std::byte> out;
  const bool extended = message.time_ms >= 0xffffff;
  out.push_back(static_cast<std::byte>(channel));
  put_number(out, extended ? 0xffffff : message.time_ms, 3);
  put_number(out, message.body.size(), 3);
  put_number(out, message.type, 1);
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::byte>(message.stream >> shift));
  if (extended) put_number(out, message.time_ms, 4);
  for (std::size_t from = 0; from < message.body.size(); from += chunk_bytes) {
    if (from > 0) {
      out.push_back(static_cast<std::byte>(0xc0U | channel));
      if (extended) put_number(out, message.time_ms, 4);
    }
    const std::size_t count = std::min(chunk_bytes, message.body.size() - from);
    const auto begin = message.body.begin() + static_cast<std::ptrdiff_t>(from);
    out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
  }
  return out;
}

inline std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

}  // namespace seawall::test
