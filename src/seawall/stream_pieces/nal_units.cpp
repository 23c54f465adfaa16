#include "seawall/stream_pieces/nal_units.h"

#include <algorithm>
#include <array>

namespace seawall {
namespace {

constexpr std::array<std::byte, 4> kStart{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}};
constexpr unsigned kRecoveryPoint = 6;  // SEI payload type.

NalKind kind_of_h264(std::span<const std::byte> nal) {
  switch (std::to_integer<unsigned>(nal[0]) & 0x1fU) {
    case 1:
    case 2:
      return NalKind::kPicture;
    case 5:
      return NalKind::kKeyPicture;
    case 6:
      // recovery_frame_cnt is 0 where its first bit is 1: whole from here on.
      return nal.size() > 3 && std::to_integer<unsigned>(nal[1]) == kRecoveryPoint &&
                     (std::to_integer<unsigned>(nal[3]) & 0x80U) != 0
                 ? NalKind::kRecovery
                 : NalKind::kOther;
    case 7:
      return NalKind::kSequence;
    case 8:
      return NalKind::kParameters;
    default:
      return NalKind::kOther;
  }
}

NalKind kind_of_hevc(std::span<const std::byte> nal) {
  const unsigned type = std::to_integer<unsigned>(nal[0]) >> 1 & 0x3fU;
  if (type >= 16 && type <= 21) return NalKind::kKeyPicture;
  if (type <= 9) return NalKind::kPicture;
  if (type == 32 || type == 33) return NalKind::kSequence;
  return type == 34 ? NalKind::kParameters : NalKind::kOther;
}

}  // namespace

NalKind nal_kind(PictureCodec codec, std::span<const std::byte> nal) {
  if (nal.empty()) return NalKind::kOther;
  if (codec == PictureCodec::kH264) return kind_of_h264(nal);
  return codec == PictureCodec::kHevc && nal.size() > 1 ? kind_of_hevc(nal) : NalKind::kOther;
}

void for_each_nal(std::span<const std::byte> bytes, FunctionRef<bool(std::span<const std::byte>)> on_nal) {
  constexpr std::span kMark = std::span(kStart).last(3);
  auto at = std::search(bytes.begin(), bytes.end(), kMark.begin(), kMark.end());
  while (at != bytes.end()) {
    const auto from = at + 3;
    at = std::search(from, bytes.end(), kMark.begin(), kMark.end());
    std::span<const std::byte> nal(from, at);
    while (!nal.empty() && nal.back() == std::byte{0}) nal = nal.first(nal.size() - 1);
    if (!nal.empty() && !on_nal(nal)) return;
  }
}

void append_nal(std::vector<std::byte>& out, std::span<const std::byte> nal) {
  out.insert(out.end(), kStart.begin(), kStart.end());
  out.insert(out.end(), nal.begin(), nal.end());
}

void NalParameters::take(std::span<const std::byte> nal) {
  const NalKind kind = nal_kind(codec_, nal);
  if (kind != NalKind::kSequence && kind != NalKind::kParameters) return;
  if (kind == NalKind::kSequence && !begun_) {
    clear();
    begun_ = true;
  }
  const auto same = [&](const std::vector<std::byte>& known) { return std::ranges::equal(known, nal); };
  if (nal.size() + 4 > kBytesMax || std::ranges::any_of(nals_, same)) return;
  if (nals_.size() >= kNalsMax || bytes_.size() + nal.size() + 4 > kBytesMax) clear();
  nals_.emplace_back(nal.begin(), nal.end());
  append_nal(bytes_, nal);
}

void NalParameters::clear() {
  nals_.clear();
  bytes_.clear();
}

}  // namespace seawall
