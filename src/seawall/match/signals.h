#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/match/variant.h"
#include "seawall/media/decoder.h"

namespace seawall {

/// Everything that may be matched of one frame.
struct FrameSignals {
  int index = 0;                      ///< Position in the file, from 0.
  std::int64_t time_ms = 0;           ///< Presentation time; 0 for still pictures.
  PdqHash pdq;                        ///< The frame as it is, whatever its quality.
  std::vector<VariantHash> variants;  ///< Those that pass the quality gate; the frame as it is comes first.
};

/// The signals of one picture file. Holds no pixels.
struct MediaSignals {
  MediaInfo info;
  FileDigests digests;
  std::vector<FrameSignals> frames;
};

/// What to compute.
struct SignalOptions {
  VariantProfile profile = VariantProfile::kDefault;
  VariantSide side = VariantSide::kQuery;
  DecodeOptions decode;
};

/// Decodes `file` (decode_firm) and hashes every frame in each variant; digests the bytes too.
/// Errors: the decoder's. Blocks for the decode. Threads: any, if the decoder allows it.
Result<MediaSignals> signals_of(MediaDecoder& decoder, std::span<const std::byte> file,
                                const SignalOptions& options = {});

/// The signals of one frame that is already decoded. Pure.
[[nodiscard]] FrameSignals frame_signals_of(const Frame& frame, VariantProfile profile, VariantSide side);

/// The signals of pixels that came from no file. Pure.
[[nodiscard]] FrameSignals frame_signals_of(const PixelView& pixels, VariantProfile profile,
                                            VariantSide side);

}  // namespace seawall
