#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "seawall/base/random_source.h"
#include "seawall/stream_link/link_stream.h"
#include "seawall/stream_pieces/picture_cutter.h"
#include "seawall/stream_rtsp/rtp_depacketizer.h"
#include "seawall/stream_rtsp/rtsp_address.h"
#include "seawall/stream_rtsp/rtsp_session.h"

namespace seawall {

/// One RTSP stream for a LinkSource: RtspSession, RtpDepacketizer and PictureCutter. Pieces are Matroska.
/// Threads: one. Lifetime: borrows `random`. Memory: at most 13 MB (PictureCutter, RtpDepacketizer), its last
/// key picture and what followed in practice.
class RtspStream final : public LinkStream {
 public:
  RtspStream(RtspAddress address, RandomSource& random);

  /// Errors: those of rtsp_address_from_text().
  static Result<std::unique_ptr<LinkStream>> make(const StreamSettings& settings, RandomSource& random);

  [[nodiscard]] const LinkPlace& place() const override { return place_; }
  void begin(Time now) override;
  Result<void> take(std::span<const std::byte> bytes, Time now, LinkTaker& taker) override;
  std::vector<std::byte> take_output() override { return session_->take_output(); }
  std::vector<std::byte> goodbye() override { return session_->goodbye(); }
  void on_time(Time now) override { session_->on_time(now); }
  [[nodiscard]] bool playing() const override { return session_->playing(); }
  [[nodiscard]] std::uint64_t left_out() const override;

 private:
  void take_packet(std::span<const std::byte> packet, Time now, LinkTaker& taker);
  void take_picture(RtpPicture picture, Time now, LinkTaker& taker);

  const RtspAddress address_;
  const LinkPlace place_;
  RandomSource& random_;
  std::optional<RtspSession> session_;
  std::optional<RtpDepacketizer> packets_;
  PictureCutter cutter_;
  std::uint64_t left_out_before_ = 0;  // Over earlier connections.
};

}  // namespace seawall
