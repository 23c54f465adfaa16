#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/exchange/exchange_format.h"
#include "seawall/lists/two_person.h"
#include "seawall/store/store.h"

namespace seawall {

/// How far an import has come.
struct ImportProgress {
  std::uint32_t release = 0;  ///< What to resume after a crash; 0 in a dry run.
  std::uint64_t records = 0;  ///< Read from the input, refused ones too.
  ReleaseCounts counts;
  bool withdrawing = false;  ///< A snapshot's last part: keys it lacks are sought.
};

struct ImportOptions {
  static constexpr std::uint64_t kRecordsMax = 400'000'000;
  static constexpr std::size_t kBatchRecordsMax = 100'000;
  /// A batch ends when the contents in it pass this: large records make small batches.
  static constexpr std::size_t kBatchBytesMax = std::size_t{32} << 20;

  BankId bank{};
  SourceId source{};
  Actor by;
  /// The input is the whole list: what it lacks of this source in this bank is withdrawn. Else only its
  /// tombstones withdraw.
  bool snapshot = false;
  bool dry_run = false;  ///< Says what would happen and changes nothing.
  /// Goes on with a load that was cut off. The input must be the same one, from its start.
  std::optional<ReleaseId> resume;
  std::size_t batch_records = 50'000;  ///< 1..kBatchRecordsMax: one step, one transaction.
  std::size_t listed_max = 1'000;      ///< Refusals and conflicts named in the report; all are counted.
  /// Called after each step, from the importing thread. False: stop there; the load can be resumed.
  std::function<bool(const ImportProgress&)> progress;
};

/// What an import did, or would do.
struct ImportReport {
  std::optional<Release> release;  ///< Sealed, in kProposed. None: a dry run, stopped, or nothing changes.
  bool stopped = false;            ///< By the progress callback; resume `progress.release`.
  ImportProgress progress;
  /// Updates and withdrawals of entries that people here have quarantined or given a radius, an action or
  /// dates of their own. They are proposed all the same; what people set stays.
  std::uint64_t conflicts = 0;
  std::uint64_t tombstones_unknown = 0;  ///< For keys that are not on the list: nothing to do.
  std::uint64_t hashes_not_matched = 0;  ///< PDQ hashes kept but never matched: flat or of low quality.
  std::uint64_t videos_not_matched = 0;  ///< Signals of videos kept but never matched: they cannot be read.
  std::map<std::string, std::uint64_t> reasons;  ///< Refused and quarantined, by reason.
  std::vector<Refusal> listed;                   ///< The first of them.
  std::vector<std::string> conflicting_keys;     ///< The first of them.
};

/// Reads a foreign list, holds its records against the guards and against what the bank has of this source,
/// and proposes the difference as one release. See docs/lists.md.
/// Guarantees: nobody sees any of it before the release is sealed, which happens only after the reader's
/// kEnd. After kill -9 a run with `resume` ends in the same release as a run that was not cut off. Bounded
/// memory: two batches, the harmless banks of the tenant, and 23 to 46 bytes a record for the keys seen.
/// An import that changes nothing seals nothing. Threads: blocks; a step is written by a thread of its own
/// while the caller's reads and checks the next.
/// Errors: kInvalidInput (the input is not of the format, or an empty list as a snapshot: the load is taken
/// away), kConflict (`resume` with another input), kLimitExceeded; the reader's and the store's. After any
/// but kInvalidInput the load remains and the message names what to resume.
Result<ImportReport> import_list(Store& store, const Clock& clock, ExchangeReader& reader,
                                 const ImportOptions& options);

}  // namespace seawall
