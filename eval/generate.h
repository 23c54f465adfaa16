#pragma once

#include <cstdint>

#include "picture.h"

namespace seawall::eval {

/// A scene with the spectrum of a photograph: smooth noise of several octaves, shaded shapes with sharp
/// edges. Sizes and shapes vary with the seed, 480 to 1024 pixels a side.
[[nodiscard]] Picture generated_scene(std::uint64_t seed);

/// Hard negatives: families whose members look alike but show different content.
[[nodiscard]] Picture text_slide(std::uint64_t seed);  ///< One template: bar, logo, footer; the text differs.
[[nodiscard]] Picture title_card(std::uint64_t seed);  ///< Centred words on black.
[[nodiscard]] Picture chat_screen(std::uint64_t seed);    ///< A messenger's bubbles under one header.
[[nodiscard]] Picture document_page(std::uint64_t seed);  ///< Black lines of text on white.
[[nodiscard]] Picture flat(std::uint64_t seed);           ///< One colour, with a little noise for odd seeds.
[[nodiscard]] Picture gradient(std::uint64_t seed);       ///< From one colour to another in some direction.

}  // namespace seawall::eval
