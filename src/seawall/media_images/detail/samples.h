#pragma once

#include <cstdint>
#include <span>

namespace seawall::media_images {

/// A tiny file for each decoder path that initialises something at first use.
[[nodiscard]] std::span<const std::span<const std::uint8_t>> samples();

}  // namespace seawall::media_images
