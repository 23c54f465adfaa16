#pragma once

#include <span>
#include <string_view>

namespace seawall {

/// A file that the build put into this program. Lifetime of the views: the program's.
struct EmbeddedFile {
  std::string_view name;  ///< Below web/dist: "assets/app-3f9c2a7d.js".
  std::string_view bytes;
};
/// Those of web/dist when this program was built, by name; written by cmake/write_console_table.cmake.
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

}  // namespace seawall
