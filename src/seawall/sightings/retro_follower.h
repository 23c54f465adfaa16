#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/durable_file/file_system.h"
#include "seawall/sightings/enforced_walk.h"
#include "seawall/sqlite/database.h"

namespace seawall {

struct RetroFollowOptions {
  std::size_t batch_entries = 4'096;           ///< Looked for at a time; 1 to ObservationLog's limit.
  std::uint64_t findings_per_entry = 100'000;  ///< Of one batch; more are counted only.
};

/// A sighting that waits to be told, under a number that it keeps.
struct RetroFinding {
  std::uint64_t number = 0;  ///< From 1, ascending, none twice.
  std::string tenant;
  std::string place;
  Sighting sighting;  ///< Its texts are empty: they stand above.
};

/// What one step did.
struct RetroFollowStep {
  std::uint64_t entries = 0;       ///< Looked for.
  RetroReport report;              ///< Of the search; its end says whether it was cut off.
  std::uint64_t not_kept = 0;      ///< Findings beyond findings_per_entry.
  std::uint64_t list_version = 0;  ///< All changes up to it are done.
  bool up_to_date = false;         ///< Nothing came after them.
};

/// Looks for past sightings of whatever the lists put in force, change after change.
///
/// Guarantees: every entry that comes in force after the folder was made is looked for in the log as it is
/// after the change, and the position and what was found are kept in one transaction: kill -9 or a power cut
/// at any point leaves both or neither, so nothing is skipped. Findings wait in the folder until told() takes
/// them away; whoever is killed after telling and before told() tells them again under the same numbers.
/// Threads: one at a time. Lifetime: borrows the store and the clock. One folder, one process (kConflict).
/// Disk: the findings of one step. Cost: that of ObservationLog::retro_match() for each batch.
class RetroFollower {
 public:
  /// Opens or makes `folder`; a new one begins at the store's present version. `observations`: the folder of
  /// the log, which another process may write. Errors: kConflict, kCorrupt (the store was put back or is
  /// another: says what to do), kNotFound (no log there), kUnavailable.
  static Result<std::unique_ptr<RetroFollower>> open(const std::filesystem::path& folder,
                                                     const std::filesystem::path& observations, Store& store,
                                                     const Clock& clock,
                                                     const RetroFollowOptions& options = {});

  /// Looks for what came in force next, at most batch_entries. One that is cancelled has done nothing.
  /// Errors: the store's, the log's, kLimitExceeded (disk full): then nothing was done, and it may be tried
  /// again.
  Result<RetroFollowStep> step(const RetroOptions& search,
                               FunctionRef<void(std::uint64_t, std::uint64_t)> progress);

  /// What waits to be told, oldest first, at most `limit`. (What a tenant's retention has ended meanwhile was
  /// taken away by open().)
  Result<std::vector<RetroFinding>> waiting(std::size_t limit);
  /// Takes away what waits up to number `last`, inclusive; durable on return.
  Result<void> told(std::uint64_t last);

 private:
  RetroFollower(std::unique_ptr<durable::FolderLock> lock, Database database,
                std::filesystem::path observations, Store& store, const Clock& clock,
                const RetroFollowOptions& options)
      : lock_(std::move(lock)),
        database_(std::move(database)),
        observations_(std::move(observations)),
        store_(store),
        clock_(clock),
        options_(options) {}
  Result<void> load();
  Result<void> begin_here(StoreView& view);
  Result<void> check_same_store(StoreView& view, const Sha256& chain);
  Result<void> search(const std::vector<SoughtEntry>& entries, const RetroOptions& search,
                      FunctionRef<void(std::uint64_t, std::uint64_t)> progress, RetroFollowStep& step);
  Result<void> write_stand(const EnforcedWalk& walk, const Sha256& chain);
  Result<void> drop_expired();
  [[nodiscard]] Result<std::unique_ptr<ObservationLog>> open_log() const;

  std::unique_ptr<durable::FolderLock> lock_;
  Database database_;
  std::filesystem::path observations_;
  Store& store_;
  const Clock& clock_;
  RetroFollowOptions options_;
  EnforcedWalk walk_{{}, {}};
  Sha256 chain_{};  // Of walk_'s version.
  std::uint64_t last_number_ = 0;
};

}  // namespace seawall
