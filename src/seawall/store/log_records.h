#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/model/list_bank.h"

namespace seawall {

/// What one entry of the transparency log stands for, kept outside the log: the record itself and the salt of
/// its commitment. Without them the entry says nothing of who and what.
struct LogRecord {
  static constexpr std::size_t kSourceBytesMax = 32;
  static constexpr std::size_t kRecordBytesMax = 16 * 1024;
  static constexpr std::size_t kEntryBytesMax = 4096;
  using Salt = std::array<std::byte, 32>;

  std::uint64_t id = 0;         ///< From 1, without gaps: the order in which entries are appended.
  std::string source;           ///< Who told of it: "lists", "access", "requests", "service", ...
  std::uint64_t source_id = 0;  ///< Its number there; each (source, source_id) is logged once.
  std::string entry;            ///< The log's entry, as it is or will be appended.
  std::optional<Salt> salt;     ///< None once erased, or where the source keeps it.
  std::string record;           ///< Canonical JSON; empty as `salt` is.
  Time at{};
  std::optional<std::uint64_t> leaf;  ///< Its index in the log; none while it waits.
  std::optional<Time> erased;
  friend bool operator==(const LogRecord&, const LogRecord&) = default;
};

/// A waiting record has become this leaf.
struct LoggedLeaf {
  std::uint64_t id = 0;
  std::uint64_t leaf = 0;
};

/// One step of a change request.
struct RequestEvent {
  enum class What : std::uint8_t { kAsked = 1, kApproved = 2, kDone = 3, kDropped = 4 };
  std::uint64_t number = 0;  ///< From 1, without gaps.
  std::uint64_t request = 0;
  What what = What::kAsked;
  Authorship by;
  friend bool operator==(const RequestEvent&, const RequestEvent&) = default;
};

/// Port: the records that the log's entries commit to, and what waits to be appended.
/// Guarantees: each call is one transaction, durable on return; ids have no gaps and records are never taken
/// away, only erased; a record is settled once. Threads: any.
/// Errors everywhere: kUnavailable, kConflict (a lock), kCorrupt, kLimitExceeded (disk full), kInvalidInput.
class LogRecordStore {
 public:
  static constexpr std::size_t kPageMax = 10'000;
  static constexpr std::size_t kWaitingMax = 1'000'000;  ///< More are refused: the log has stopped.

  virtual ~LogRecordStore() = default;

  /// The greatest source_id of `source`; 0 if there is none.
  virtual Result<std::uint64_t> last_of(std::string_view source) = 0;
  /// All or none; `id`, `leaf` and `erased` are not read; salt and record come together or not at all. A
  /// source_id of 0 gets the next of its source. Those whose (source, source_id) is known are passed over.
  /// Gives how many are new. Errors: kLimitExceeded at kWaitingMax.
  virtual Result<std::size_t> add(std::span<const LogRecord> records) = 0;
  /// Without a leaf, ascending by id, at most `limit` (1..kPageMax).
  virtual Result<std::vector<LogRecord>> waiting(std::size_t limit) = 0;
  /// Errors: kConflict (unknown, or settled as another leaf).
  virtual Result<void> settle(std::span<const LoggedLeaf> leaves) = 0;
  /// The greatest leaf + 1 of those settled; 0 if there is none.
  virtual Result<std::uint64_t> settled() = 0;

  /// After `after`, ascending by id, at most `limit` (1..kPageMax).
  virtual Result<std::vector<LogRecord>> records(std::uint64_t after, std::size_t limit) = 0;
  virtual Result<std::optional<LogRecord>> record_of_leaf(std::uint64_t leaf) = 0;
  virtual Result<std::optional<LogRecord>> record_of(std::string_view source, std::uint64_t source_id) = 0;
  /// Takes salt and record away for good; what is erased already stays as it is. Gives how many were. The
  /// bytes are gone from SQLite's file with its next checkpoint, from PostgreSQL's with a VACUUM; backups
  /// keep theirs.
  virtual Result<std::size_t> erase(std::span<const std::uint64_t> ids, Time at) = 0;
  /// As erase(), if `last` is still the greatest source_id of `source`: nothing was told there in between.
  /// Both are one transaction. Errors: also kConflict (something was).
  virtual Result<std::size_t> erase_unless_told(std::span<const std::uint64_t> ids, Time at,
                                                std::string_view source, std::uint64_t last) = 0;

  /// How far the published log covers a source: its changes up to this number may be shown. None: no log is
  /// kept of this store.
  virtual Result<std::optional<std::uint64_t>> published(std::string_view source) = 0;
  /// Moves it forward, never back.
  virtual Result<void> set_published(std::string_view source, std::uint64_t source_id) = 0;
  /// The greatest source_id of `source`, whose numbers go from 1 without gaps, among those with leaves below
  /// `size`. Errors: kCorrupt (there are gaps: somebody wrote what the source never gave).
  virtual Result<std::uint64_t> covered(std::string_view source, std::uint64_t size) = 0;

  /// Steps of change requests after number `after`; `limit` 1..kPageMax.
  virtual Result<std::vector<RequestEvent>> request_events(std::uint64_t after, std::size_t limit) = 0;
};

}  // namespace seawall
