#pragma once

#include <cstddef>
#include <vector>

#include "picture.h"

namespace seawall::eval {

/// What a picture becomes after one more lossy save: encoded and decoded again in memory (libjpeg, libwebp).
/// `quality`: 1..100. Ends the program if the library refuses, as the evaluation would then be wrong.
[[nodiscard]] Picture through_jpeg(const Picture& picture, int quality);
[[nodiscard]] Picture through_webp(const Picture& picture, int quality);

/// A JPEG file's bytes.
[[nodiscard]] std::vector<std::byte> to_jpeg(const Picture& picture, int quality);

}  // namespace seawall::eval
