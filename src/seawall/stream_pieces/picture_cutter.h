#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/stream_poll/live_segment.h"

namespace seawall {

/// A coded picture, framed as the pieces' container wants it.
struct FramedPicture {
  std::int64_t time_ms = 0;  ///< Of the stream; any beginning.
  bool key = false;          ///< Nothing before it is needed to decode it.
  std::vector<std::byte> bytes;
};

/// Cuts coded pictures into pieces that a decoder reads by themselves: each key picture alone as soon as it
/// is here (i_frames_only), and, while all pictures are wanted, what followed it too (repeats): when the next
/// key picture comes. Where none comes for 4.5 s, so far, whether it is wanted or not; again after twice
/// that, and so on.
/// Guarantees: memory within kBytesMax and what stands before each piece. Threads: one. Pure.
class PictureCutter {
 public:
  /// Of a key picture and what follows; the rest is left out.
  static constexpr std::size_t kBytesMax = 4 << 20;
  static constexpr std::chrono::milliseconds kFirstPart{4'500};

  using OnPiece = FunctionRef<void(LiveSegment)>;
  /// `now`: when it came.
  void take(FramedPicture picture, Time now, bool wants_all, OnPiece on_piece);
  /// What stands before each piece from now on. Where it is another: as restart().
  void set_init(std::vector<std::byte> init);
  /// What comes next does not go on from what came.
  void restart();
  /// Pictures that were left out for kBytesMax.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
  void count_left_out() { ++left_out_; }

 private:
  void give(bool whole, Time now, OnPiece on_piece);

  std::shared_ptr<const std::vector<std::byte>> init_;
  std::vector<std::byte> pictures_;  // The key picture and what followed.
  std::int64_t key_ms_ = 0;
  std::int64_t last_ms_ = 0;  // The latest.
  std::int64_t next_part_ms_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t left_out_ = 0;
  bool more_ = false;  // More than the key picture.
  bool full_ = false;
  bool discontinuity_ = true;
};

}  // namespace seawall
