#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "seawall/stream_pieces/nal_units.h"

namespace seawall {

inline constexpr std::size_t kTsPacketBytes = 188;
inline constexpr unsigned kTsNullPid = 0x1fff;

/// A packet of an MPEG transport stream. ISO/IEC 13818-1 section 2.4.3.
struct TsPacket {
  unsigned pid = kTsNullPid;
  bool begins = false;         ///< payload_unit_start_indicator.
  bool random_access = false;  ///< As its adaptation field says.
  bool scrambled = false;
  unsigned counter = 0;  ///< Goes up by one, of 16, with each packet of its PID that has a payload.
  std::span<const std::byte> payload;
};

/// Nothing: it is broken, or no packet. `bytes`: kTsPacketBytes.
[[nodiscard]] std::optional<TsPacket> ts_packet(std::span<const std::byte> bytes);

/// The packets of one table, put together. Threads: one. Pure.
class TsTable {
 public:
  static constexpr std::size_t kBytesMax = 1'024 + 3;

  /// `raw`: the packet as it came. True: a table is whole, other than the last one, and its checksum right.
  bool take(const TsPacket& packet, std::span<const std::byte> raw);
  /// Without its head of 8 bytes and its checksum.
  [[nodiscard]] std::span<const std::byte> body() const;
  [[nodiscard]] unsigned id() const { return whole_.empty() ? 256 : std::to_integer<unsigned>(whole_[0]); }
  /// The packets that it came in.
  [[nodiscard]] const std::vector<std::byte>& packets() const { return packets_; }
  void clear();

 private:
  std::vector<std::byte> section_;  // What has come of one.
  std::vector<std::byte> section_packets_;
  std::vector<std::byte> whole_;
  std::vector<std::byte> packets_;
};

/// The PID of the first program's table in a PAT's body; nothing: it names none.
[[nodiscard]] std::optional<unsigned> ts_program_table(std::span<const std::byte> body);

/// The video of a program.
struct TsVideo {
  unsigned pid = kTsNullPid;
  std::optional<PictureCodec> codec;  ///< Nothing: MPEG-1 or MPEG-2.
  friend bool operator==(const TsVideo&, const TsVideo&) = default;
};
/// The first video of a known codec in a PMT's body.
[[nodiscard]] std::optional<TsVideo> ts_video(std::span<const std::byte> body);

}  // namespace seawall
