#pragma once

#include <filesystem>
#include <memory>

#include "seawall/durable_file/file_system.h"

namespace seawall::durable {

/// The real files of `folder`. `create_folder`: makes it (and its parents) if absent.
Result<std::unique_ptr<FileSystem>> posix_file_system(const std::filesystem::path& folder,
                                                      bool create_folder);

}  // namespace seawall::durable
