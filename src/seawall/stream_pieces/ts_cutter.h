#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/stream_pieces/picture_cutter.h"
#include "seawall/stream_pieces/ts_sections.h"

namespace seawall {

/// Cuts an MPEG transport stream into pieces as PictureCutter does: its tables, and the packets of the video
/// from a key picture on. Of several programs, the first one's; nothing of sound goes on. A key picture is
/// one that says so (random_access_indicator), or that begins as one (NAL units; the sequence head of
/// MPEG-2). A picture is given when the next one begins, since its length is rarely said. Guarantees:
/// whatever comes, memory within kPictureBytesMax, PictureCutter's and two tables. Of the video, no byte is
/// looked at but the head of each picture and its NAL units' first bytes, within kHeadBytesMax. Threads: one.
/// Pure. Source: ISO/IEC 13818-1.
class TsCutter {
 public:
  static constexpr std::size_t kPictureBytesMax = 4 << 20;
  static constexpr std::size_t kHeadBytesMax = 32 << 10;
  /// Without a table of programs, that is no transport stream.
  static constexpr std::size_t kSearchBytesMax = 4 << 20;

  /// `on_picture`: a picture came, be it given or not. Errors: kInvalidInput (that is no transport stream),
  /// kUnsupported (its video is of another codec, or encrypted).
  Result<void> take(std::span<const std::byte> bytes, Time now, bool wants_all,
                    FunctionRef<void()> on_picture, PictureCutter::OnPiece on_piece);
  /// What comes next does not go on from what came.
  void restart();
  /// Pictures that were left out: too large, or broken.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_ + cutter_.left_out(); }

 private:
  struct Around {
    Time now;
    bool wants_all;
    FunctionRef<void()> on_picture;
    PictureCutter::OnPiece on_piece;
  };
  Result<void> take_packet(std::span<const std::byte> raw, const Around& around);
  Result<void> take_tables(const TsPacket& packet, std::span<const std::byte> raw, const Around& around);
  void take_video(const TsPacket& packet, std::span<const std::byte> raw, const Around& around);
  void begin_picture(const TsPacket& packet, const Around& around);
  void finish_picture(const Around& around);
  void forget_picture();
  [[nodiscard]] bool begins_as_key() const;

  std::vector<std::byte> kept_;  // Less than a packet.
  std::size_t searched_ = 0;
  TsTable programs_;
  TsTable program_;
  std::optional<unsigned> program_pid_;
  std::optional<TsVideo> video_;
  std::vector<std::byte> packets_;  // Of the picture that is coming.
  std::vector<std::byte> head_;     // Its first bytes.
  bool random_access_ = false;
  bool broken_ = false;
  std::optional<unsigned> counter_;  // Of the video's last packet.
  std::optional<std::uint64_t> last_stamp_;
  std::int64_t ticks_ = 0;  // Unwrapped.
  PictureCutter cutter_;
  std::uint64_t left_out_ = 0;
};

}  // namespace seawall
