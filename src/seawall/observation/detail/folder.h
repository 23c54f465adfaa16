#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "seawall/observation/detail/block_file.h"
#include "seawall/observation/detail/manifest.h"

namespace seawall::observation_detail {

/// Bytes that no block could be read from, carried along so that nothing is thrown away unasked.
using Unreadable = std::vector<std::vector<std::byte>>;

/// Adds the bytes from `offset` on, filled with zeros up to where a block may start.
Result<void> keep_bytes(const BlockFile& file, std::uint64_t offset, std::uint64_t size, Unreadable& out);

/// Observations read back from journals.
struct Replayed {
  std::vector<std::shared_ptr<const Rows>> chunks;
  Unreadable unreadable;
  std::vector<ObservationDamage> damage;
  std::uint64_t first = 0, last = 0;  ///< Numbers of the journals; 0: there are none.
  std::uint64_t last_end = 0;         ///< Of the last one's whole blocks; 0: not even its head is whole.
  std::uint64_t size_bytes = 0;
};

/// The folder of a log: names, order of writes, and what may be deleted. Source:
/// docs/formats/observations.md. Not thread-safe.
class Folder {
 public:
  Folder(std::unique_ptr<FileSystem> files, std::size_t block_rows)
      : files_(std::move(files)), block_rows_(block_rows) {}

  [[nodiscard]] FileSystem& files() { return *files_; }
  Result<void> lock();

  /// The manifest; none in a new folder. Errors: kCorrupt, also when it is gone but observations are there.
  Result<std::optional<Manifest>> read_manifest();
  /// Atomic and durable. After an error either may be the one on disk; then nothing is deleted until a commit
  /// succeeds.
  Result<void> commit(const Manifest& manifest);

  /// Errors: kNotFound when it is gone.
  Result<std::shared_ptr<const BlockFile>> open_part(const PartRecord& record);
  /// Journals from `first` on. Errors: kNotFound when one is missing.
  Result<Replayed> replay(std::uint64_t first);

  /// Writes and syncs a part; the manifest is the caller's. `rows` in sorted_order(). Errors: kUnavailable.
  Result<PartRecord> write_part(std::uint64_t number, const Rows& rows, std::span<const std::uint32_t> order,
                                const Unreadable& unreadable);
  /// Deletes files of the log that `manifest` does not name, durably; returns how many. Errors: kUnavailable.
  Result<std::uint64_t> remove_obsolete(const Manifest& manifest);

 private:
  std::unique_ptr<FileSystem> files_;
  std::size_t block_rows_;
  bool doubtful_ = false;
  std::unique_ptr<durable::FolderLock> lock_;
};

}  // namespace seawall::observation_detail
