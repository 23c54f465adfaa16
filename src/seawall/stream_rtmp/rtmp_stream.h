#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "seawall/base/random_source.h"
#include "seawall/stream_link/link_stream.h"
#include "seawall/stream_rtmp/flv_cutter.h"
#include "seawall/stream_rtmp/rtmp_address.h"
#include "seawall/stream_rtmp/rtmp_session.h"

namespace seawall {

/// One RTMP stream for a LinkSource: RtmpSession and, behind it, FlvCutter. Pieces are FLV.
/// Threads: one. Lifetime: borrows `random`. Memory: at most 9 MB (FlvCutter, RtmpChunkReader), some 0.1 MB
/// and its last key picture and what followed in practice.
class RtmpStream final : public LinkStream {
 public:
  RtmpStream(RtmpAddress address, RandomSource& random);

  /// Errors: those of rtmp_address_from_text().
  static Result<std::unique_ptr<LinkStream>> make(const StreamSettings& settings, RandomSource& random);

  [[nodiscard]] const LinkPlace& place() const override { return place_; }
  void begin(Time now) override;
  Result<void> take(std::span<const std::byte> bytes, Time now, LinkTaker& taker) override;
  std::vector<std::byte> take_output() override { return session_->take_output(); }
  [[nodiscard]] bool playing() const override { return session_->playing(); }
  [[nodiscard]] bool unpublished() const override { return session_->unpublished(); }
  [[nodiscard]] std::uint64_t left_out() const override { return cutter_.left_out(); }

 private:
  const RtmpAddress address_;
  const LinkPlace place_;
  RandomSource& random_;
  std::optional<RtmpSession> session_;
  FlvCutter cutter_;
};

}  // namespace seawall
