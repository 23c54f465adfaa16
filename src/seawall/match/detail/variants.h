#pragma once

#include "seawall/match/signals.h"

namespace seawall::detail {

/// Hashes `frame` in every variant of the profile; sets all of FrameSignals but index and time.
FrameSignals hash_variants(const Frame& frame, VariantProfile profile, VariantSide side);

}  // namespace seawall::detail
