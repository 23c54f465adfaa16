#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../picture.h"
#include "clip_store.h"

namespace seawall::eval {

/// Where a part of the listed clip stands in the edited one: reference = reference_begin + speed * (query -
/// query_begin). Seconds.
struct Showing {
  double query_begin = 0;
  double query_end = 0;
  double reference_begin = 0;
  double speed = 1;

  [[nodiscard]] double reference_at(double query) const {
    return reference_begin + speed * (query - query_begin);
  }
};

/// What an edit starts from.
struct EditSource {
  std::filesystem::path clip;
  double seconds = 0;
  int width_px = 0;
  int height_px = 0;
  std::filesystem::path before;  ///< Unlisted clips of at least kOtherSecondsMin.
  std::filesystem::path after;
};
inline constexpr double kOtherSecondsMin = 15;

/// A clip as somebody might upload it.
struct EditedClip {
  std::filesystem::path file;
  std::vector<Showing> truth;
};

/// One way in which people change clips.
struct ClipEdit {
  std::string_view name;  ///< Short, stable, unique.
  std::string_view
      group;  ///< "codec", "time", "turn", "frame", "overlay", "inset", "crop", "cut", "several".
  EditedClip (*make)(ClipStore&, const EditSource&, Random&);
};

/// All of them, in the order of the table.
[[nodiscard]] std::span<const ClipEdit> all_clip_edits();

}  // namespace seawall::eval
