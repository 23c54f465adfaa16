#pragma once

#include <cstddef>
#include <span>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/fingerprint/pdq.h"
#include "seawall/media/decoder.h"

namespace seawall {

/// The grid of a frame as a hash takes it: of its pixels, or projected where it came scaled. Pure.
[[nodiscard]] PdqGrid grid_of(const Frame& frame);

/// As decoder.decode(), but a scaled frame whose hash cannot be trusted (is_firm) is not handed on: the file
/// is decoded again, exactly. Where that fails (a limit, say) though the scaled decode did not, the scaled
/// frame is handed on after all: at most three decodes. `visit` sees each frame once. Guarantee: with
/// `exact`, or where nothing came scaled, the same as decode(). Errors: the decoder's. Blocks for the
/// decodes. Threads: any, if the decoder allows it.
Result<MediaInfo> decode_firm(MediaDecoder& decoder, std::span<const std::byte> file,
                              const DecodeOptions& options, FunctionRef<void(const Frame&)> visit);

}  // namespace seawall
