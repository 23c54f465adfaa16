#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace seawall::walk_detail {

/// One name in a folder with its dirent type (DT_UNKNOWN where the file system does not say).
struct Name {
  std::string text;
  unsigned char type = 0;
};

/// The names of one folder in byte order, at most a window of them in memory: each refill reads the folder
/// once and keeps the smallest names after the last one given out.
class NameWindow {
 public:
  [[nodiscard]] bool empty() const { return names_.empty(); }
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  /// Whether a refill may find further names.
  [[nodiscard]] bool more() const { return more_; }

  /// The smallest held name; not empty().
  Name take();

  /// Reads the folder, keeping at most `window` names, window >= 1. Returns 0 or an errno; after an error
  /// what was read before it is held, and more() is false.
  int refill(int folder_fd, std::size_t window);

 private:
  std::vector<Name> names_;  // Descending, so that take() pops from the back.
  std::string last_;         // The greatest name ever held; empty before the first refill.
  bool more_ = true;
};

}  // namespace seawall::walk_detail
