#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/json/json.h"
#include "seawall/retention/own_words.h"
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
  std::uint64_t number = 0;        ///< Its source_id of kRetentionSource.
  std::string lift_asked_by = {};  ///< The first of the two people who lift it; empty: nobody yet.
};

/// What is wrong with a destruction that was told.
struct DestructionFault {
  std::uint64_t number = 0;  ///< Of the destruction; 0: of the store.
  std::string what;
};

struct DestructionCheck {
  std::uint64_t destructions = 0;
  std::uint64_t records = 0;  ///< That they name.
  std::uint64_t stopped = 0;  ///< Destructions that a hold keeps from being done.
  std::vector<DestructionFault> faults;
};

/// Destroys what is due among the records that the log's entries stand for, and sets holds on them.
/// Guarantees: a destruction is told first (an entry of kind `destruction`: how many, and a commitment to
/// which), durably, and then done; killed in between, the next run ends what was told. Nothing is destroyed
/// that is not due by the rules at that moment, not in the log yet, or that a hold is on, whatever was told;
/// a hold that was set before the erasing transaction began counts. Records of destructions themselves are
/// never destroyed: they name nobody. Holds and destructions whose records were taken away, changed or erased
/// without a destruction that names them stop everything: kCorrupt. Threads: one. Lifetime: borrows both.
/// Blocks. Errors everywhere: those of LogRecordStore.
class LogRecordRetention {
 public:
  static constexpr std::size_t kBatchMax = Destruction::kCountMax;    ///< Records that one entry tells of.
  static constexpr std::size_t kRangesMax = Destruction::kRangesMax;  ///< And ranges of ids.
  static constexpr std::uint64_t kOwnMax = 100'000;  ///< Own records that are read at the start.
  static constexpr int kTriesMax = 10;               ///< Where others tell of something at the same time.
  static constexpr std::size_t kRefBytesMax = 128;
  static constexpr std::size_t kWhyBytesMax = 2'000;

  LogRecordRetention(LogRecordStore& records, const Clock& clock) : records_(records), clock_(clock) {}

  /// Errors: also kConflict (that ref holds already), kInvalidInput (a text of the wrong size).
  Result<void> hold(std::string_view ref, std::string_view on, std::string_view who, std::string_view why);
  /// It takes two people: false if this was the first. Errors: also kNotFound, kConflict (the same person
  /// twice).
  Result<bool> lift(std::string_view ref, std::string_view who, std::string_view why);
  Result<std::vector<StoreHold>> holds();

  /// `record` as the rules see it; kind log-record, created when its entry was, or is due.
  static Result<RetainedRecord> as_retained(const LogRecord& record, const std::vector<StoreHold>& holds);

  /// Ends what was told and not done, as far as no hold is on it, then tells and does one batch. Gives how
  /// many were destroyed; 0: no more is due.
  Result<std::size_t> step();
  /// Destructions that were told and that a hold keeps from being done.
  Result<std::size_t> stopped();
  /// Whether what was told is gone, and nothing else was told: every destruction against the records; and
  /// whether records were taken away.
  Result<DestructionCheck> check();
  /// Whether the store has the record of an entry that the log holds as `leaf`: of the log that was verified,
  /// entry by entry. Holds and destructions must be where this object looks for them.
  Result<bool> has(std::uint64_t leaf, std::string_view entry);

 private:
  struct Own;

  Result<Own> own();
  Result<void> write(LogKind kind, std::uint64_t number, Json body, std::uint64_t count);
  Result<void> write_text(LogKind kind, std::uint64_t number, std::string text, std::uint64_t count);
  Result<std::size_t> end_what_was_told();
  Result<std::size_t> destroy(const Destruction& told);
  Result<std::size_t> destroy_once(const Destruction& told);
  Result<void> find_gaps(DestructionCheck& check);
  Result<std::vector<LogRecord>> due(const Own& own);
  Result<std::vector<LogRecord>> named_by(const Destruction& told);
  Result<void> check_one(const Destruction& told, const Own& own, DestructionCheck& check);

  LogRecordStore& records_;
  const Clock& clock_;
  std::uint64_t looked_at_ = 0;  // Up to this id, in this object's life.
};

}  // namespace seawall
