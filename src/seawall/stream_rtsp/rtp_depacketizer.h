#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/stream_pieces/nal_units.h"

namespace seawall {

/// A coded picture with start codes before its NAL units.
struct RtpPicture {
  std::int64_t ticks = 0;  ///< At 90 kHz, unwrapped: since any beginning, at least 0 where times rise.
  bool key = false;
  std::vector<std::byte> bytes;
};

/// Puts pictures of H.264 or HEVC together from packets of RTP, which come in order, as they do over TCP.
/// A picture is given with its last packet (the marker), or when another's begins; one of which a packet is
/// missing or broken is left out whole.
/// Guarantees: whatever comes, memory within kPictureBytesMax and NalParameters. Threads: one. Pure.
/// Source: RFC 3550 section 5.1; RFC 6184 (single NAL units, STAP-A, FU-A); RFC 7798 (single, AP, FU).
class RtpDepacketizer {
 public:
  static constexpr std::size_t kPictureBytesMax = 4 << 20;

  RtpDepacketizer(PictureCodec codec, unsigned payload_type);

  using OnPicture = FunctionRef<void(RtpPicture)>;
  /// Passes over what is no packet of that payload type.
  void take(std::span<const std::byte> packet, OnPicture on_picture);
  /// A NAL unit that the description says.
  void add_parameters(std::span<const std::byte> nal);
  /// The parameters said last, with start codes.
  [[nodiscard]] const std::vector<std::byte>& parameters() const { return parameters_.bytes(); }
  /// Whether the sender is another one since it was last asked: what comes does not go on from what came.
  [[nodiscard]] bool take_restart() { return std::exchange(restarted_, false); }
  /// Pictures that were left out.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  struct Head {
    bool marker = false;
    std::uint16_t number = 0;
    std::uint32_t ticks = 0;
    std::uint32_t sender = 0;
    std::span<const std::byte> payload;
  };
  [[nodiscard]] std::optional<Head> read_head(std::span<const std::byte> packet) const;
  void follow(const Head& head, OnPicture on_picture);
  void take_payload(std::span<const std::byte> payload);
  void take_aggregate(std::span<const std::byte> units);
  void take_fragment(std::span<const std::byte> nal_head, bool begins, bool ends,
                     std::span<const std::byte> bytes);
  void add_nal(std::span<const std::byte> nal);
  void finish(OnPicture on_picture);

  const PictureCodec codec_;
  const unsigned payload_type_;
  NalParameters parameters_;
  RtpPicture picture_;
  std::vector<std::byte> fragment_;  // A NAL unit of which not all has come; empty: none.
  bool has_slices_ = false;
  bool broken_ = false;
  std::optional<std::uint16_t> last_number_;
  std::optional<std::uint32_t> sender_;
  std::uint32_t last_ticks_ = 0;  // As the packet has it.
  bool restarted_ = false;
  std::uint64_t left_out_ = 0;
};

}  // namespace seawall
