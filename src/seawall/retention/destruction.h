#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/json/json.h"
#include "seawall/retention/rules.h"
#include "seawall/statement/log_entry.h"
#include "seawall/store/log_records.h"

namespace seawall {

/// The source of LogRecord that tells of holds and destructions.
inline constexpr std::string_view kRetentionSource = "retention";

/// A hold on what the store keeps.
struct StoreHold {
  std::string ref;
  std::string on;  ///< A source of LogRecord, or "all".
  Time at{};
  std::uint64_t number = 0;  ///< Its source_id of kRetentionSource.
};

/// One destruction, as it was told before it was done.
struct Destruction {
  std::uint64_t number = 0;  ///< Its source_id of kRetentionSource.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ids =
      {};  ///< Of LogRecords: first and last, both inclusive.
  std::uint64_t count = 0;
  std::string digest = {};  ///< Hex SHA-256 over the destroyed records' entries, each ended by a line end.
  Time at{};
};

/// What is wrong with a destruction that was told.
struct DestructionFault {
  std::uint64_t number = 0;
  std::string what;
};

struct DestructionCheck {
  std::uint64_t destructions = 0;
  std::uint64_t records = 0;  ///< That they name.
  std::vector<DestructionFault> faults;
};

/// Destroys what is due among the records that the log's entries stand for, and sets holds on them.
/// Guarantees: a destruction is told first (an entry of kind `destruction`: how many, and a commitment to
/// which), durably, and then done; killed in between, the next run ends what was told. Nothing is destroyed
/// that is not in the log yet, that a hold is on, or whose entry still promises something (`due`). Threads:
/// one. Lifetime: borrows both. Blocks. Errors everywhere: those of LogRecordStore.
class LogRecordRetention {
 public:
  static constexpr std::size_t kBatchMax = 1'000;    ///< Records that one entry tells of.
  static constexpr std::size_t kRangesMax = 200;     ///< And ranges of ids.
  static constexpr std::uint64_t kOwnMax = 100'000;  ///< Own records that are read at the start.
  static constexpr std::size_t kRefBytesMax = 128;
  static constexpr std::size_t kWhyBytesMax = 2'000;

  LogRecordRetention(LogRecordStore& records, const Clock& clock) : records_(records), clock_(clock) {}

  /// Errors: also kConflict (that ref holds already), kInvalidInput (a text of the wrong size).
  Result<void> hold(std::string_view ref, std::string_view on, std::string_view who, std::string_view why);
  /// Errors: also kNotFound.
  Result<void> lift(std::string_view ref, std::string_view who, std::string_view why);
  Result<std::vector<StoreHold>> holds();

  /// `record` as the rules see it; kind log-record, created when its entry was, or is due.
  static Result<RetainedRecord> as_retained(const LogRecord& record, const std::vector<StoreHold>& holds);

  /// Ends what was told and not done, then tells and does one batch. Gives how many were destroyed; 0: no
  /// more is due.
  Result<std::size_t> step();
  /// Whether what was told is gone, and nothing else was told: every destruction against the records.
  Result<DestructionCheck> check();

 private:
  struct Own;

  Result<Own> own();
  Result<void> write(LogKind kind, std::uint64_t number, Json body, std::uint64_t count);
  Result<std::size_t> end_what_was_told();
  Result<std::size_t> destroy(const Destruction& told, const Own& own);
  Result<std::vector<LogRecord>> due(const Own& own);
  Result<std::vector<LogRecord>> named_by(const Destruction& told);
  Result<void> check_one(const Destruction& told, DestructionCheck& check);

  LogRecordStore& records_;
  const Clock& clock_;
  std::uint64_t looked_at_ = 0;  // Up to this id, in this object's life.
};

}  // namespace seawall
