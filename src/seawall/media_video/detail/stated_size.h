#pragma once

#include <cstdint>

#include "seawall/media_video/detail/source_reader.h"

namespace seawall::media_video {

/// Whether the file is shorter than its own outermost structure says: ISO base media boxes, EBML (Matroska,
/// WebM), RIFF (AVI), or transport packets of 188 bytes. False where it says nothing. Reads at most a few
/// thousand small pieces.
[[nodiscard]] bool ends_early(SourceReader& reader);

}  // namespace seawall::media_video
