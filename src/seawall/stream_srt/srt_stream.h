#pragma once

#include <memory>
#include <vector>

#include "seawall/stream_link/link_stream.h"
#include "seawall/stream_pieces/ts_cutter.h"
#include "seawall/stream_srt/srt_address.h"

namespace seawall {

/// One SRT stream for a LinkSource over SrtWires: the transport stream within, cut by TsCutter.
/// Threads: one. Memory: at most 13 MB (TsCutter, PictureCutter), and what libsrt holds
/// for the latency: 1.5 MB, or 42 Mbit/s over a longer one.
class SrtStream final : public LinkStream {
 public:
  explicit SrtStream(SrtAddress address);

  /// Errors: those of srt_address_from_text().
  static Result<std::unique_ptr<LinkStream>> make(const StreamSettings& settings);

  [[nodiscard]] const SrtAddress& address() const { return address_; }
  [[nodiscard]] const LinkPlace& place() const override { return place_; }
  void begin(Time now) override;
  Result<void> take(std::span<const std::byte> bytes, Time now, LinkTaker& taker) override;
  std::vector<std::byte> take_output() override { return {}; }
  /// A connection is what its server accepts a call with: there is nothing more to say.
  [[nodiscard]] bool playing() const override { return true; }
  [[nodiscard]] std::uint64_t left_out() const override { return cutter_.left_out(); }

 private:
  const SrtAddress address_;
  const LinkPlace place_;
  TsCutter cutter_;
};

}  // namespace seawall
