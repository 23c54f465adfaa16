#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/observation/observation.h"

namespace seawall {

/// An entry whose past sightings are asked for.
struct RetroEntry {
  struct Pdq {
    Fingerprint256 bits;
    int radius_bits = kPdqRadiusDefault;  ///< 0..256, inclusive.
  };
  EntryId id{};
  std::vector<Pdq> pdq;
  std::optional<Md5> md5;
  std::optional<Sha1> sha1;
  std::optional<Sha256> sha256;
};

/// A stored observation that one signal of an entry matches. An observation that several signals of an entry
/// match is reported once for each.
struct RetroMatch {
  EntryId entry{};
  SignalType signal = SignalType::kPdq;
  std::size_t fingerprint = 0;  ///< Which of the entry's `pdq`; 0 for digests.
  int distance_bits = 0;        ///< 0 for digests.
  Observation observation;      ///< Its texts live until the visit returns.
};

struct RetroOptions {
  unsigned threads = 0;              ///< 0: one a core; at most 64.
  int quality_min = kPdqQualityMin;  ///< Observed PDQ hashes below it match nothing; they are counted.
  std::stop_token cancel;
  std::optional<std::chrono::steady_clock::time_point> deadline;
};

/// Stored bytes that cannot be read; everything else still is.
struct ObservationDamage {
  std::string file;
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = 0;
  std::string what;  ///< For an operator; never a place.
  friend bool operator==(const ObservationDamage&, const ObservationDamage&) = default;
};

struct RetroReport {
  enum class End : std::uint8_t { kComplete, kCancelled, kDeadline };
  End end = End::kComplete;               ///< Unless complete, later observations were not looked at.
  std::uint64_t observations = 0;         ///< Gone through, expired and unreadable ones included.
  std::uint64_t matches = 0;              ///< Reported.
  std::uint64_t low_quality = 0;          ///< Pairs within the radius that quality_min left out.
  std::uint64_t unreadable_rows = 0;      ///< Of damaged blocks: not looked at, or matched but not readable.
  std::vector<ObservationDamage> damage;  ///< The first 1,000.
};

struct TidyReport {
  std::uint64_t observations_dropped = 0;
  std::uint64_t files_removed = 0;
  std::uint64_t files_written = 0;
  std::vector<ObservationDamage> damage;  ///< What stands in files that were read and is still there.
};

struct TenantRetention {
  std::string tenant;
  std::chrono::milliseconds retention{};  ///< 0: for ever.
  Time dropped_before{};
  friend bool operator==(const TenantRetention&, const TenantRetention&) = default;
};

struct ObservationStats {
  std::uint64_t observations = 0;  ///< In files and memory, expired ones that tidy() has not met included.
  std::uint64_t size_bytes = 0;    ///< Of the files that hold them.
  std::size_t files = 0;
  std::size_t tenants = 0;
};

struct ObservationLogOptions {
  bool read_only = false;  ///< Beside a writer: shows what was there at open() or the last refresh().
  bool background =
      true;  ///< A thread of the log turns full journals into parts. Off: append() does (tests).
  std::size_t journal_rows = std::size_t{1} << 19;  ///< At which a journal becomes a part; 1 to 2^22.
  std::size_t block_rows = std::size_t{1} << 14;    ///< 1 to 2^14.
};

/// Observations in append-only columnar files, and the search for past sightings of new entries.
///
/// Guarantees: docs/observations.md has them in full. What append() acknowledged survives kill -9 and loss of
/// power; nothing half-written is seen; a damaged block is reported with its place and the rest stays
/// readable. retro_match() is exact. Threads: every function from any number. Memory: at most two journals'
/// rows (about 65 bytes and the place each) and a few MB a thread of retro_match(). Cost:
/// docs/observations.md.
class ObservationLog {
 public:
  static constexpr std::size_t kTenantsMax = 65536;
  static constexpr std::size_t kRetroEntriesMax = std::size_t{1} << 20;

  /// Opens or creates the log in `folder`; takes its lock unless read_only. `clock` (for retention) must
  /// outlive it. Errors: kConflict (another process writes it), kCorrupt (the manifest; a journal or part
  /// that is gone), kNotFound (read-only and not there), kUnavailable (I/O).
  static Result<std::unique_ptr<ObservationLog>> open(const std::filesystem::path& folder, const Clock& clock,
                                                      const ObservationLogOptions& options = {});
  virtual ~ObservationLog() = default;

  /// Durable on return. Callers at the same time share one fdatasync. Up to 16,384 observations are kept as a
  /// whole or not at all; more are kept in order, so after an error a front part may be there. Errors:
  /// kInvalidInput (an observation outside its limits, then nothing is kept; read-only), kLimitExceeded
  /// (tenants), kUnavailable (disk full, I/O).
  virtual Result<void> append(std::span<const Observation> observations) = 0;

  /// Calls `visit` for every observation within the radius of an entry's fingerprint or with one of its
  /// digests, one call at a time, from threads of its own, in no order. Sees at least what was acknowledged
  /// before it began. `progress(done, total)`, in observations, is called likewise. Errors: kInvalidInput (a
  /// radius), kLimitExceeded (entries, fingerprints), kUnavailable (I/O).
  virtual Result<RetroReport> retro_match(std::span<const RetroEntry> entries, const RetroOptions& options,
                                          FunctionRef<void(const RetroMatch&)> visit,
                                          FunctionRef<void(std::uint64_t, std::uint64_t)> progress) = 0;
  Result<RetroReport> retro_match(std::span<const RetroEntry> entries, const RetroOptions& options,
                                  FunctionRef<void(const RetroMatch&)> visit) {
    return retro_match(entries, options, visit, [](std::uint64_t, std::uint64_t) {});
  }

  /// Observations of `tenant` seen before `time` are no longer reported once this returns (a visit just being
  /// made excepted), also not those that are appended later; their bytes are gone after the next tidy().
  /// Never goes back: an earlier time does nothing. Durable on return. Errors: kInvalidInput, kUnavailable:
  /// then it may or may not be in force after a restart.
  virtual Result<void> drop_before(std::string_view tenant, Time time) = 0;
  /// The same for what is older than `retention`, from now on and always; 0 keeps for ever.
  virtual Result<void> set_retention(std::string_view tenant, std::chrono::milliseconds retention) = 0;
  [[nodiscard]] virtual std::vector<TenantRetention> retentions() const = 0;

  /// Removes the bytes of expired observations, and joins small parts. Reads the tenants and times of every
  /// block; rewrites each part (of at most journal_rows observations) that holds expired ones. A
  /// retro_match() that began before keeps a removed file's bytes on the disk until it ends. `drop_damaged`:
  /// also what cannot be read; otherwise unreadable blocks are kept as they are. Errors: kUnavailable; what
  /// was done until then stays done.
  virtual Result<TidyReport> tidy(bool drop_damaged = false) = 0;

  /// Reads everything and checks every checksum. Errors: kUnavailable.
  virtual Result<std::vector<ObservationDamage>> verify() = 0;
  /// Read-only: shows what is there now. A writer: does nothing.
  virtual Result<void> refresh() = 0;
  [[nodiscard]] virtual ObservationStats stats() const = 0;
};

}  // namespace seawall
