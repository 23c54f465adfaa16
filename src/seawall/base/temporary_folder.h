#pragma once

#include <filesystem>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// A new, empty folder of this user's alone in the system's place for temporary files; it goes with this
/// object, and what is in it. Threads: one. Cost: a system call; the removal walks what is in it.
class TemporaryFolder {
 public:
  /// `name`: what the folder's name begins with. kUnavailable when none can be made.
  static Result<TemporaryFolder> make(std::string_view name);
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path);
  std::filesystem::path path_;  ///< Empty once moved from.
};

}  // namespace seawall
