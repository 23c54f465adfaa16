#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/index/detail/byte_io.h"

namespace seawall::index_detail {

/// A file that is written front to back. What append() took is durable only after sync().
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  /// All of `bytes` or an error; after an error the file's end is unspecified: truncate() before going on.
  virtual Result<void> append(Bytes bytes) = 0;
  virtual Result<void> sync() = 0;
  /// Cuts the file to `size_bytes`, where the next append() goes.
  virtual Result<void> truncate(std::uint64_t size_bytes) = 0;
};

/// The whole content of a file, read-only, valid while the object lives (also after the file is removed).
class FileContent {
 public:
  virtual ~FileContent() = default;
  [[nodiscard]] virtual Bytes bytes() const = 0;
};

/// Held until destroyed.
class FolderLock {
 public:
  virtual ~FolderLock() = default;
};

/// The few file operations of the index, all inside one folder, so that tests can cut the power at any of
/// them. `name` is a plain file name. Errors: kUnavailable (I/O), kNotFound (map), kConflict (lock).
/// Threads: any; two writers never share a file.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<AppendFile>> create(const std::string& name) = 0;  ///< Empty, replacing.
  virtual Result<std::unique_ptr<AppendFile>> reopen(const std::string& name,
                                                     std::uint64_t size_bytes) = 0;  ///< Cut to a size.
  virtual Result<std::shared_ptr<const FileContent>> map(const std::string& name) = 0;
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> remove(const std::string& name) = 0;
  /// Makes creations, renames and removals durable.
  virtual Result<void> sync_folder() = 0;
  virtual Result<std::vector<std::string>> list() = 0;
  virtual Result<std::unique_ptr<FolderLock>> lock(const std::string& name) = 0;
};

}  // namespace seawall::index_detail
