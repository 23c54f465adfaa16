#include "seawall/match/signals.h"

#include "seawall/crypto/digest.h"
#include "seawall/match/detail/variants.h"
#include "seawall/match/firm_decode.h"

namespace seawall {

FrameSignals frame_signals_of(const Frame& frame, VariantProfile profile, VariantSide side) {
  FrameSignals signals = detail::hash_variants(frame, profile, side);
  signals.index = frame.index;
  signals.time_ms = frame.time_ms;
  return signals;
}

FrameSignals frame_signals_of(const PixelView& pixels, VariantProfile profile, VariantSide side) {
  Frame frame;
  frame.pixels = pixels;
  frame.original_width_px = pixels.width_px;
  frame.original_height_px = pixels.height_px;
  return frame_signals_of(frame, profile, side);
}

Result<MediaSignals> signals_of(MediaDecoder& decoder, std::span<const std::byte> file,
                                const SignalOptions& options) {
  MediaSignals signals;
  const auto visit = [&](const Frame& frame) {
    signals.frames.push_back(frame_signals_of(frame, options.profile, options.side));
  };
  SEAWALL_TRY(signals.info, decode_firm(decoder, file, options.decode, visit));
  signals.digests = digests_of(file);
  return signals;
}

}  // namespace seawall
