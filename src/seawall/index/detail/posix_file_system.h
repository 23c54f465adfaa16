#pragma once

#include <filesystem>
#include <memory>

#include "seawall/index/detail/file_system.h"

namespace seawall::index_detail {

/// The real files of `folder`. `create_folder`: makes it (and its parents) if absent.
Result<std::unique_ptr<FileSystem>> posix_file_system(const std::filesystem::path& folder,
                                                      bool create_folder);

}  // namespace seawall::index_detail
