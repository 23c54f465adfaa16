#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/retention/duties.h"

namespace seawall {

/// Something that happened to a record.
struct RetentionEvent {
  RetentionEventKind what = RetentionEventKind::kCreated;
  Time at{};
  std::optional<Time> until = {};  ///< Where the one who asked named an end; after `at`.
  std::string ref = {};            ///< Of holds: which one; a hold is lifted by its own ref alone.
};

/// What the rules need to know of something that is kept. Nothing of its content.
struct RetainedRecord {
  static constexpr std::size_t kIdBytesMax = 128;
  static constexpr std::size_t kRefBytesMax = 128;
  static constexpr std::size_t kEventsMax = 256;
  static constexpr unsigned kDaysMax = 36'500;

  std::string id;
  RetainedKind kind = RetainedKind::kReportContent;
  Time created{};
  std::optional<unsigned> limit_days = {};
  std::optional<unsigned> keep_days = {};
  std::vector<RetentionEvent> events = {};
};

/// A duty's clock as it runs for one record.
struct RetentionClock {
  const Duty* duty = nullptr;
  Time from{};
  std::optional<Time> end;                   ///< None: a hold that nobody has lifted.
  const ConflictRule* struck_by = nullptr;   ///< It says nothing: by this rule.
  const ConflictRule* put_off_by = nullptr;  ///< Erasing waits: by this rule.
};

enum class RetentionState : std::uint8_t { kHeld, kKept, kDue, kUndecided };
[[nodiscard]] std::string_view name_of(RetentionState state);  ///< "held", "kept", "due", "undecided"

/// What is to become of one record.
struct RetentionVerdict {
  RetentionState state = RetentionState::kUndecided;
  std::optional<Time> keep_until;   ///< The last keeping that still counts ends then; none: none, or a hold.
  std::optional<Time> erase_after;  ///< Erase once it is that late; none: held, or undecided.
  std::vector<RetentionClock> clocks;
  std::string why;  ///< Sentences that a person can check against the clocks.
};

/// Applies all_duties() and all_conflict_rules() to `record` as it stands at `now`; what happens after `now`
/// is not known yet. Pure. Keeps: the latest end counts. Erasing: the earliest counts, put off until keeping
/// ends. Nothing says when to erase: once the last keeping ends (nothing is kept longer than needed). Nothing
/// says anything: undecided, and it stays.
[[nodiscard]] RetentionVerdict decide_retention(const RetainedRecord& record, Time now);

inline constexpr std::size_t kRetainedLineBytesMax = 64 * 1024;

/// Reads one line of a file for `seawall retention simulate` (docs/retention.md). Times: RFC 3339 or a day
/// alone, in the years 1970 to 2999. Errors: kInvalidInput, kLimitExceeded; never with a value.
Result<RetainedRecord> retained_record_from(std::string_view line);
/// As retained_record_from() reads it.
[[nodiscard]] std::string to_text(const RetainedRecord& record);

}  // namespace seawall
