#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "seawall/base/byte_source.h"
#include "seawall/durable_file/file_system.h"
#include "seawall/subscription/state.h"

namespace seawall {

/// What the folder's state is, without taking the folder from whoever has it; none: there is none yet.
/// Errors: kCorrupt, kUnavailable.
Result<std::optional<SubscriptionState>> read_state(durable::FileSystem& files);

/// A subscription's folder: its state, and the pages that are not in the lists yet. One process at a time.
/// Guarantees: a page and the checkpoint after it take effect together, when the state that names them is
/// durable; a page that no state names is removed. After a crash at any step the folder is as some save()
/// left it. Threads: one. Lifetime: borrows the file system.
class PageStore {
 public:
  /// Errors: kConflict (another process has the folder), kCorrupt, kUnavailable.
  static Result<PageStore> open(durable::FileSystem& files);

  [[nodiscard]] const SubscriptionState& state() const { return state_; }
  /// Durable on return.
  Result<void> save(const SubscriptionState& state);

  /// Writes the page after those that the state names; it counts once a state that names it is saved.
  Result<void> write_page(std::uint64_t number, ByteSource& source);
  [[nodiscard]] Result<std::unique_ptr<ByteSource>> read_page(std::uint64_t number) const;

 private:
  PageStore(durable::FileSystem& files, std::unique_ptr<durable::FolderLock> lock)
      : files_(&files), lock_(std::move(lock)) {}
  Result<void> load();
  Result<void> remove_other_pages();

  durable::FileSystem* files_;
  std::unique_ptr<durable::FolderLock> lock_;
  SubscriptionState state_;
};

}  // namespace seawall
