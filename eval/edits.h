#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "picture.h"

namespace seawall::eval {

/// What an edit may use besides the picture.
struct EditContext {
  Random random;         ///< Seeded by picture and edit: every run makes the same edit.
  const Picture* other;  ///< An unrelated picture: the background of an inset, the other half of a screen.
};

/// One way in which people change pictures.
struct Edit {
  std::string_view name;   ///< "letterbox 16%": short, stable, unique.
  std::string_view group;  ///< "quality", "tone", "crop", "frame", "turn", "overlay", "inset", "reframe".
  Picture (*apply)(const Picture&, EditContext&);
};

/// All of them, in the order of the table in docs/robustness.md.
[[nodiscard]] std::span<const Edit> all_edits();

}  // namespace seawall::eval
