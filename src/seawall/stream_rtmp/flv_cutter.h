#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/stream_pieces/picture_cutter.h"
#include "seawall/stream_rtmp/rtmp_session.h"

namespace seawall {

/// Cuts the video tags of a stream into pieces as PictureCutter does: as FLV; those of "enhanced RTMP" (HEVC,
/// AV1, VP9, H.264), which readers of FLV here do not know, as Matroska.
/// Guarantees: no tag is looked into further than its first bytes; memory within PictureCutter's and a
/// sequence header. Threads: one. Pure. Source: Adobe's FLV 10.1; Veovera's Enhanced RTMP, version 2.
class FlvCutter {
 public:
  static constexpr std::size_t kHeaderBytesMax = 64 << 10;

  using OnPiece = PictureCutter::OnPiece;
  /// `now`: when it came. Errors: kUnsupported (a codec that is not known here).
  Result<void> take(RtmpVideo video, Time now, bool wants_all, OnPiece on_piece);
  /// The connection is another one: what comes next does not go on from what came.
  void restart();
  /// Pictures that were left out because a key picture and what followed were too many bytes.
  [[nodiscard]] std::uint64_t left_out() const { return cutter_.left_out(); }

 private:
  Result<void> take_enhanced(const RtmpVideo& video, std::int64_t time_ms, Time now, bool wants_all,
                             OnPiece on_piece);
  [[nodiscard]] std::int64_t unwrapped(std::uint32_t time_ms);
  void set_flv_head(const RtmpVideo* header);

  PictureCutter cutter_;
  std::optional<std::uint32_t> last_ms_;
  std::int64_t time_ms_ = 0;
  bool has_flv_head_ = false;
};

}  // namespace seawall
