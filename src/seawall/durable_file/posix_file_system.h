#pragma once

#include <filesystem>
#include <memory>

#include "seawall/durable_file/file_system.h"

namespace seawall::durable {

/// The real files of `folder`. `create_folder`: makes it (and its parents) if absent.
Result<std::unique_ptr<FileSystem>> posix_file_system(const std::filesystem::path& folder,
                                                      bool create_folder);

/// The same with the folders below `folder`; one that is created is durable, and its parents are. A symbolic
/// link is followed where it is a folder, and never where it is a file. sync_all() is syncfs(2).
Result<std::unique_ptr<FolderTree>> posix_folder_tree(const std::filesystem::path& folder,
                                                      bool create_folder);

}  // namespace seawall::durable
