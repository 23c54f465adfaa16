#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "seawall/base/clock.h"
#include "seawall/durable_file/file_system.h"
#include "seawall/flood/caller_shares.h"
#include "seawall/flood/flood_breaker.h"
#include "seawall/lists/alert_service.h"
#include "seawall/sqlite/database.h"

namespace seawall {

/// A flood that was noticed.
struct FloodTrip {
  FloodCounts counts;
  bool held_back = true;  ///< Else people are told only (AlertService::kHeldBackMax, counts.one_caller).
};

struct FloodWatchOptions {
  FloodOptions flood;
  std::chrono::milliseconds save_every = std::chrono::seconds(10);
  std::size_t held_max = 65'536;  ///< Entries held back that it remembers; at least 1.
  /// While several callers are known, what one of them brings counts towards holding an entry back up to this
  /// part of the threshold, and at least one match; over 0, up to 1 (no bound).
  double caller_share = 0.5;
  std::size_t pairs_max = 65'536;  ///< Of callers and entries within a bucket, to bound the share.
};

/// The flood breaker of one matcher: counts its matches, and has an entry that floods held back.
///
/// Guarantees: an entry that floods is quarantined when met() says so, and people have an alert. What it has
/// counted is kept in a folder: kill -9 or a power cut lose at most what was counted since the last save().
/// When people end a quarantine, what the entry matched meanwhile becomes its normal. One caller of several
/// can have no entry held back (docs/flood.md). Memory and disk: those of FloodBreaker (at most entries_max
/// entries) and CallerShares. Threads: any; only whoever meets a flood, or saves, waits for a database, and
/// for others that do. Lifetime: borrows the service and the clock. One folder, one process (kConflict).
class FloodWatch {
 public:
  /// Opens or makes `folder`. Errors: kConflict, kCorrupt (says what to remove), kUnavailable.
  static Result<std::unique_ptr<FloodWatch>> open(const std::filesystem::path& folder, AlertService& alerts,
                                                  const Clock& clock, const FloodWatchOptions& options = {});

  /// A match that counts (docs/flood.md): of a listed bank, enforced or staged at `list_version`. With
  /// a trip: the entry has just been held back, or told of. `caller`: who asked; empty: nobody in particular,
  /// and all counts. Errors: the store's; then the next match tries again (where people are told only, the
  /// match at six times the count).
  Result<std::optional<FloodTrip>> met(EntryId entry, std::uint64_t list_version,
                                       std::string_view caller = {});
  /// A match of an entry that is in quarantine at `list_version`: if people let it go, so much is its normal.
  void met_in_quarantine(EntryId entry, std::uint64_t list_version);
  /// `caller` asks, whatever it meets: so that callers that meet nothing are known too.
  void asked_by(std::string_view caller);

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
  /// What a match comes to.
  struct Noted {
    bool let_go = false;               ///< People have ended its quarantine.
    std::optional<FloodCounts> flood;  ///< To act on, by this thread alone.
  };
  /// All that is written at a time.
  struct Memory {
    std::vector<std::byte> breaker;
    std::unordered_map<EntryId, Held> held;
    RecentCallers callers;
  };
  Result<void> load();
  Result<void> load_held();
  Result<void> load_callers();
  // With mutex_:
  Noted note(EntryId entry, std::uint64_t list_version, std::string_view caller, Time now);
  std::optional<FloodCounts> flood_of(EntryId entry, std::string_view caller, Time now);
  void count(EntryId entry, Held& held);
  Held& remember(EntryId entry, std::uint64_t version);
  // With acting_mutex_:
  Result<std::optional<FloodTrip>> act(EntryId entry, const FloodCounts& counts, Time now);
  Result<void> save_acting();
  Result<void> write(const Memory& memory);

  std::unique_ptr<durable::FolderLock> lock_;
  Database database_;
  AlertService& alerts_;
  const Clock& clock_;
  FloodWatchOptions options_;
  std::mutex acting_mutex_;  // Guards database_; held over SQL. Taken before mutex_.
  std::mutex mutex_;         // Guards what follows; never held over SQL.
  FloodBreaker breaker_;
  CallerShares shares_;
  RecentCallers callers_;
  std::unordered_map<EntryId, Held> held_;
  std::unordered_set<EntryId> acting_;  // Entries that some thread is acting on.
  bool dirty_ = false;
  Time saved_{};
};

}  // namespace seawall
