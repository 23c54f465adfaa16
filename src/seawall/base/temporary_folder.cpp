#include "seawall/base/temporary_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

namespace seawall {

TemporaryFolder::TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<TemporaryFolder> TemporaryFolder::make(std::string_view name) {
  std::error_code error;
  const auto parent = std::filesystem::temp_directory_path(error);
  if (error) return fail(Code::kUnavailable, "no folder for temporary files ($TMPDIR): " + error.message());
  std::string pattern = (parent / name).string() + "-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    return fail(Code::kUnavailable, "no temporary folder can be made in " + parent.string() +
                                        " ($TMPDIR): " + std::strerror(errno));
  }
  return TemporaryFolder(pattern);
}

}  // namespace seawall
