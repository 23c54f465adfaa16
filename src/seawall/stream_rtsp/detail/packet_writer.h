#pragma once

// For tests and fuzzers: a server's packets, the slow and plain way.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace seawall::test {

inline std::string number_text(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

struct RtpWords {
  std::uint16_t number = 0;
  std::uint32_t ticks = 0;
  bool marker = false;
  std::uint32_t sender = 77;
  unsigned type = 96;
};

inline std::string rtp_packet(const RtpWords& words, std::string_view payload) {
  return number_text(0x80, 1) + number_text(words.type | (words.marker ? 0x80U : 0U), 1) +
         number_text(words.number, 2) + number_text(words.ticks, 4) + number_text(words.sender, 4) +
         std::string(payload);
}

inline std::string interleaved(unsigned channel, std::string_view packet) {
  return "$" + number_text(channel, 1) + number_text(packet.size(), 2) + std::string(packet);
}

/// A NAL unit of H.264 as fragments (FU-A).
inline std::vector<std::string> h264_fragments(std::string_view nal, std::size_t bytes_each) {
  std::vector<std::string> out;
  const auto head = static_cast<unsigned char>(nal[0]);
  for (std::size_t from = 1; from < nal.size(); from += bytes_each) {
    const bool last = from + bytes_each >= nal.size();
    const unsigned mark = (from == 1 ? 0x80U : 0U) | (last ? 0x40U : 0U) | (head & 0x1fU);
    out.push_back(number_text((head & 0xe0U) | 28U, 1) + number_text(mark, 1) +
                  std::string(nal.substr(from, bytes_each)));
  }
  return out;
}

/// Of HEVC (FU).
inline std::vector<std::string> hevc_fragments(std::string_view nal, std::size_t bytes_each) {
  std::vector<std::string> out;
  const auto head = static_cast<unsigned char>(nal[0]);
  for (std::size_t from = 2; from < nal.size(); from += bytes_each) {
    const bool last = from + bytes_each >= nal.size();
    const unsigned mark = (from == 2 ? 0x80U : 0U) | (last ? 0x40U : 0U) | (head >> 1U & 0x3fU);
    out.push_back(number_text((head & 0x81U) | 49U << 1U, 1) + nal[1] + number_text(mark, 1) +
                  std::string(nal.substr(from, bytes_each)));
  }
  return out;
}

}  // namespace seawall::test
