#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <unordered_map>

#include "seawall/base/clock.h"
#include "seawall/durable_file/file_system.h"
#include "seawall/flood/flood_breaker.h"
#include "seawall/lists/alert_service.h"
#include "seawall/sqlite/database.h"

namespace seawall {

/// A flood that was noticed.
struct FloodTrip {
  FloodCounts counts;
  bool held_back = true;  ///< Else people are told only (AlertService::kHeldBackMax).
};

struct FloodWatchOptions {
  FloodOptions flood;
  std::chrono::milliseconds save_every = std::chrono::seconds(10);
  std::size_t held_max = 65'536;  ///< Entries held back that it remembers; at least 1.
};

/// The flood breaker of one matcher: counts its matches, and has an entry that floods held back.
///
/// Guarantees: an entry that floods is quarantined when met() says so, and people have an alert. What it has
/// counted is kept in a folder: kill -9 or a power cut lose at most what was counted since the last save().
/// When people end a quarantine, what the entry matched meanwhile becomes its normal. Memory and disk: those
/// of FloodBreaker (at most entries_max entries). Threads: one at a time. Lifetime: borrows the service and
/// the clock. One folder, one process (kConflict).
class FloodWatch {
 public:
  /// Opens or makes `folder`. Errors: kConflict, kCorrupt (says what to remove), kUnavailable.
  static Result<std::unique_ptr<FloodWatch>> open(const std::filesystem::path& folder, AlertService& alerts,
                                                  const Clock& clock, const FloodWatchOptions& options = {});

  /// A match that counts (docs/flood.md): of a listed bank, enforced or staged at `list_version`. With
  /// a trip: the entry has just been held back, or told of. Errors: the store's; then the next match tries
  /// again.
  Result<std::optional<FloodTrip>> met(EntryId entry, std::uint64_t list_version);
  /// A match of an entry that is in quarantine at `list_version`: if people let it go, so much is its normal.
  void met_in_quarantine(EntryId entry, std::uint64_t list_version);

  /// Keeps what it knows; durable on return. Errors: kUnavailable, kLimitExceeded (disk full).
  Result<void> save();
  /// save() if there is something new and the last one is save_every ago.
  Result<void> save_if_due();

 private:
  /// An entry in quarantine, until it is met in force at a later list version.
  struct Held {
    std::uint64_t version = 0;  ///< At which it is in quarantine.
    std::uint32_t most = 0;     ///< The most matches in one bucket since.
  };
  FloodWatch(std::unique_ptr<durable::FolderLock> lock, Database database, FloodBreaker breaker,
             AlertService& alerts, const Clock& clock, const FloodWatchOptions& options);
  Result<void> load();
  Result<std::optional<FloodTrip>> hold_back(EntryId entry, Time now);
  Result<void> write_held();
  void count(EntryId entry, Held& held);
  Held& remember(EntryId entry, std::uint64_t version);

  std::unique_ptr<durable::FolderLock> lock_;
  Database database_;
  FloodBreaker breaker_;
  AlertService& alerts_;
  const Clock& clock_;
  FloodWatchOptions options_;
  std::unordered_map<EntryId, Held> held_;
  bool dirty_ = false;
  Time saved_{};
};

}  // namespace seawall
