#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "seawall/base/function_ref.h"

namespace seawall {

/// Codecs whose coded pictures are told apart here, as far as that needs their first bytes.
enum class PictureCodec : std::uint8_t { kH264, kHevc, kAv1, kVp9 };

/// What a NAL unit is for whoever cuts pictures.
enum class NalKind : std::uint8_t {
  kOther,
  kPicture,     ///< A slice of a picture that needs others.
  kKeyPicture,  ///< A slice of one that does not: IDR; IRAP of HEVC.
  kRecovery,    ///< H.264's message that pictures are whole from this one on.
  kSequence,    ///< Parameters of the whole: SPS, VPS.
  kParameters,  ///< Further parameters: PPS.
};

/// Of a NAL unit without its start code. Looks at its first bytes only. ITU-T H.264 table 7-1, D.1.8;
/// H.265 table 7-1. kAv1, kVp9: kOther.
[[nodiscard]] NalKind nal_kind(PictureCodec codec, std::span<const std::byte> nal);

/// Calls `on_nal` with each NAL unit of a stream with start codes (Annex B), without them; stops where it
/// returns false. Cost: one pass.
void for_each_nal(std::span<const std::byte> bytes, FunctionRef<bool(std::span<const std::byte>)> on_nal);

/// A start code and the NAL unit.
void append_nal(std::vector<std::byte>& out, std::span<const std::byte> nal);

/// The parameters (SPS, PPS, VPS) that a stream's pictures need: those said last. Bounded: kBytesMax,
/// kNalsMax.
class NalParameters {
 public:
  static constexpr std::size_t kBytesMax = 64 << 10;
  static constexpr std::size_t kNalsMax = 64;

  explicit NalParameters(PictureCodec codec) : codec_(codec) {}
  /// Takes a NAL unit of a picture, in order; passes over what is no parameter.
  void take(std::span<const std::byte> nal);
  /// The picture is whole: parameters that come from now on are another picture's.
  void end_picture() { begun_ = false; }
  /// All of them, with start codes.
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  void clear();

  PictureCodec codec_;
  std::vector<std::vector<std::byte>> nals_;
  std::vector<std::byte> bytes_;
  bool begun_ = false;  // This picture has said its sequence's anew.
};

}  // namespace seawall
