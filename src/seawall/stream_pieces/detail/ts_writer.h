#pragma once

// For tests: a transport stream of one video, the slow and plain way.
#include <cstdint>
#include <string>
#include <string_view>

namespace seawall::test {

class TsWriter {
 public:
  unsigned stream_type = 0x1b;

  std::string tables() {
    const std::string programs = two(1) + two(0xe000U | kTablePid);
    const std::string program =
        two(0xe000U | kVideoPid) + two(0xf000) + one(stream_type) + two(0xe000U | kVideoPid) + two(0xf000);
    const unsigned counter = table_counter_++;
    return packet(0, true, one(0) + section(0, programs), false, counter) +
           packet(kTablePid, true, one(0) + section(2, program), false, counter);
  }

  std::string picture(std::uint64_t stamp, std::string_view bytes, bool random_access = false) {
    const auto part = [&](unsigned shift, unsigned mask) {
      return static_cast<unsigned>(stamp >> shift) & mask;
    };
    std::string pes = std::string("\0\0\1\xe0\0\0\x80\x80\5", 9);
    pes += one(0x21U | part(30, 7) << 1U) + one(part(22, 0xff)) + one(1U | part(15, 0x7f) << 1U) +
           one(part(7, 0xff)) + one(1U | part(0, 0x7f) << 1U);
    pes += bytes;
    std::string out;
    for (std::size_t from = 0; from < pes.size();) {
      const bool first = from == 0;
      const std::size_t room = first && random_access ? 182 : 184;
      const std::string body = pes.substr(from, room);
      from += body.size();
      out += packet(kVideoPid, first, body, first && random_access, video_counter_++);
    }
    return out;
  }

 private:
  static constexpr unsigned kTablePid = 0x100;
  static constexpr unsigned kVideoPid = 0x101;

  static std::string one(unsigned value) { return std::string(1, static_cast<char>(value)); }
  static std::string two(unsigned value) { return one(value >> 8U) + one(value & 0xffU); }

  static std::string section(unsigned id, const std::string& body) {
    const auto size = static_cast<unsigned>(body.size() + 9);
    std::string out = one(id) + two(0xb000U | size) + two(1) + one(0xc1) + one(0) + one(0) + body;
    std::uint32_t sum = 0xffffffff;
    for (const char c : out) {
      for (int bit = 7; bit >= 0; --bit) {
        const bool in = (static_cast<unsigned char>(c) >> bit & 1) != 0;
        const bool high = (sum >> 31U) != 0;
        sum = sum << 1U ^ (in != high ? 0x04c11db7U : 0U);
      }
    }
    return out + two(sum >> 16U) + two(sum & 0xffffU);
  }

  /// Filled up: a table with 0xff, a picture by the adaptation field.
  static std::string packet(unsigned pid, bool begins, std::string body, bool random_access,
                            unsigned counter) {
    std::string head = one(0x47) + two((begins ? 0x4000U : 0U) | pid);
    std::string field;
    const std::size_t room = 184;
    if (pid != kVideoPid) {
      body.resize(room, '\xff');
    } else if (body.size() < room) {
      const std::size_t bytes = room - body.size();
      field = one(static_cast<unsigned>(bytes - 1));
      if (bytes > 1) field += one(random_access ? 0x40 : 0);
      field.resize(bytes, '\xff');
    }
    head += one((field.empty() ? 0x10U : 0x30U) | (counter & 0xfU));
    return head + field + body;
  }

  unsigned table_counter_ = 0;
  unsigned video_counter_ = 0;
};

}  // namespace seawall::test
