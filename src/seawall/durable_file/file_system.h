#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/durable_file/byte_io.h"

namespace seawall::durable {

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

/// A file that is read piece by piece: unlike a mapping, a failing disk or a file that somebody cut short is
/// an error here and not a signal. Stays readable after the file is removed. Threads: any.
class ReadFile {
 public:
  virtual ~ReadFile() = default;
  [[nodiscard]] virtual std::uint64_t size_bytes() const = 0;  ///< When it was opened.
  /// Fills `out` from byte `offset` on. Errors: kCorrupt (the file ends before), kUnavailable (I/O).
  virtual Result<void> read(std::uint64_t offset, std::span<std::byte> out) const = 0;
};

/// Held until destroyed.
class FolderLock {
 public:
  virtual ~FolderLock() = default;
};

/// The few file operations of modules that keep their own files, all inside one folder, so that tests can cut
/// the power at any of them. `name` is a plain file name. Errors: kUnavailable (I/O), kNotFound (map,
/// open_read), kConflict (lock). Threads: any; two writers never share a file.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<AppendFile>> create(const std::string& name) = 0;  ///< Empty, replacing.
  virtual Result<std::unique_ptr<AppendFile>> reopen(const std::string& name,
                                                     std::uint64_t size_bytes) = 0;  ///< Cut to a size.
  virtual Result<std::shared_ptr<const FileContent>> map(const std::string& name) = 0;
  virtual Result<std::shared_ptr<const ReadFile>> open_read(const std::string& name) = 0;
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> remove(const std::string& name) = 0;
  /// Makes creations, renames and removals durable.
  virtual Result<void> sync_folder() = 0;
  virtual Result<std::vector<std::string>> list() = 0;
  virtual Result<std::unique_ptr<FolderLock>> lock(const std::string& name) = 0;
};

/// A file system in which a name may also be a path through folders below the first, "a/b/c". Folders are
/// made before the files in them; each change of a name is durable once the folder that holds it is
/// synchronized. `path` "" is the first folder. Errors: as FileSystem; kNotFound for a folder that is not
/// there.
class FolderTree : public FileSystem {
 public:
  /// Makes a folder whose parent is there; nothing if it is there already.
  virtual Result<void> make_folder(const std::string& path) = 0;
  virtual Result<void> sync_folder_at(const std::string& path) = 0;
  /// The names in a folder, those of folders too.
  virtual Result<std::vector<std::string>> list_folder(const std::string& path) = 0;
  /// Removes a folder that is empty.
  virtual Result<void> remove_folder(const std::string& path) = 0;
  /// Makes everything durable, bytes and names, in one call. It waits for everybody's writes to the same
  /// disk.
  virtual Result<void> sync_all() = 0;
};

/// Gives file `name` these bytes, by way of file `staging`: after a crash at any point it holds the old bytes
/// or the new ones, and once this returns the new ones are durable. Errors: the file system's; which of the
/// two it holds is then not known.
Result<void> replace_file(FileSystem& files, const std::string& staging, const std::string& name,
                          Bytes bytes);

}  // namespace seawall::durable
