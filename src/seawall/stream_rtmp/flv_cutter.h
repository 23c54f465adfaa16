#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/stream_poll/live_segment.h"
#include "seawall/stream_rtmp/rtmp_session.h"

namespace seawall {

/// Cuts the video tags of a stream into pieces that a decoder reads as FLV: each key picture by itself as
/// soon as it is here (i_frames_only), and, while all pictures are wanted, what followed it too (repeats):
/// when the next key picture comes. Where none comes for 4.5 s, so far, whether it is wanted or not; again
/// after twice that, and so on.
/// Guarantees: no tag is looked into further than its first bytes; memory within kBytesMax and a sequence
/// header. Threads: one. Pure.
class FlvCutter {
 public:
  static constexpr std::size_t kBytesMax = 4
                                           << 20;  ///< Of a key picture and what follows; the rest is a gap.
  static constexpr std::chrono::milliseconds kFirstPart{4'500};
  static constexpr std::size_t kHeaderBytesMax = 64 << 10;

  using OnPiece = FunctionRef<void(LiveSegment)>;
  /// `now`: when it came. Errors: kUnsupported (a codec that FLV readers here do not know).
  Result<void> take(RtmpVideo video, Time now, bool wants_all, OnPiece on_piece);
  /// The connection is another one: what comes next does not go on from what came.
  void restart();
  /// Tags that were left out because a key picture and what followed were over kBytesMax.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  void set_header(const RtmpVideo& video);
  void give(bool whole, Time now, OnPiece on_piece);
  [[nodiscard]] std::shared_ptr<const std::vector<std::byte>> init();

  std::vector<std::byte> header_;  // The codec's, as a tag; empty: it needs none, or none has come.
  std::shared_ptr<const std::vector<std::byte>> init_;
  std::vector<std::byte> pictures_;  // The key picture and what followed, as tags.
  std::uint32_t key_ms_ = 0;
  std::uint32_t next_part_ms_ = 0;
  std::uint32_t last_ms_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t left_out_ = 0;
  bool full_ = false;
  bool discontinuity_ = true;
};

}  // namespace seawall
