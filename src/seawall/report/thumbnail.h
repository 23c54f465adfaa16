#pragma once

#include <string>

#include "seawall/model/pixels.h"

namespace seawall {

/// A gray picture of at most 16 x 16 pixels, each the mean of its part of the original, blurred once more, as
/// an 8-bit BMP of under 1,400 bytes: enough to tell a beach from a page of text, not to recognise anyone.
/// Holds nothing of the original file's bytes. `pixels`: at least 1 x 1. Pure.
[[nodiscard]] std::string blurred_bmp(const PixelView& pixels);

}  // namespace seawall
