#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "seawall/model/list_ids.h"

namespace seawall {

/// What kind of thing is kept: the closed list.
enum class RetainedKind : std::uint8_t {
  kReportReference,  ///< The number under which a report was filed, and nothing else of it.
  kReportContent,    ///< What was reported, and why it was judged so.
  kUserData,         ///< Of whom a report tells, two weeks around it.
  kObservation,      ///< That a fingerprint was asked about, where and when.
  kRequest,          ///< A change that waited for a second person.
  kOrder,            ///< An order with all its statements.
  kLogRecord,        ///< Salt and record that an entry of the log stands for.
};
inline constexpr std::size_t kRetainedKinds = 7;

/// What happened to a record, and starts a clock: the closed list.
enum class RetentionEventKind : std::uint8_t {
  kCreated,
  kReportedUs,                ///< A report was filed with NCMEC.
  kReportedUk,                ///< A report was filed under the Online Safety Act.
  kDestructionAsked,          ///< Law enforcement asked for permanent destruction (US).
  kPreservationAsked,         ///< By an authority at home: Budapest Convention, Art. 16.
  kForeignPreservationAsked,  ///< By an authority abroad: Art. 29.
  kEpocPr,                    ///< A European preservation order was received.
  kEpocPrExtended,            ///< Its first 60 days end; 30 more were ordered.
  kHoldSet,                   ///< A court or an order says that nothing is erased.
  kHoldLifted,
};
inline constexpr std::size_t kRetentionEventKinds = 10;

/// With what force a duty speaks.
enum class DutyForce : std::uint8_t { kHold, kLawKeep, kLawErase, kHouseErase, kHouseKeep };

/// How long a duty runs.
enum class DutyTerm : std::uint8_t {
  kFixed,        ///< Years and days, as they stand.
  kAtMost,       ///< Until the time that the event names, and no longer than years and days.
  kAtLeast,      ///< Until the time that the event names, and no shorter than years and days.
  kUntilLifted,  ///< Until it is lifted, or the time that the event names.
  kKeepDays,     ///< As many days as the record's own `keep_days`; without them it says nothing.
  kLimitDays,    ///< As many days as the record's own `limit_days`; without them it says nothing.
};

/// One duty: a clock that an event starts. A row of the table in docs/retention.md.
struct Duty {
  std::string_view name;
  DutyForce force = DutyForce::kHouseKeep;
  RetentionEventKind starts = RetentionEventKind::kCreated;
  DutyTerm term = DutyTerm::kFixed;
  unsigned years = 0;
  unsigned days = 0;
  std::uint32_t kinds = 0;  ///< Bit `1 << kind` for each RetainedKind that it speaks of.
  std::string_view words;   ///< What it asks for, for people: "keep 1 year after the report".
  std::string_view source;  ///< The law, or who decides.
};

/// What a rule does when two duties disagree.
enum class RuleEffect : std::uint8_t {
  kPutsOff,  ///< The loser's erasing waits until the winner's keeping has ended.
  kStrikes,  ///< The loser says nothing any more.
};

/// One rule. A row of the table in docs/retention.md. Where a duty is named, the rule is of that duty alone.
struct ConflictRule {
  std::string_view name;
  DutyForce winner = DutyForce::kHold;
  std::string_view winner_duty = {};
  RuleEffect effect = RuleEffect::kPutsOff;
  DutyForce loser = DutyForce::kHouseKeep;
  std::string_view loser_duty = {};
  std::string_view words;
};

[[nodiscard]] std::string_view name_of(RetainedKind kind);        ///< "report-content"
[[nodiscard]] std::string_view name_of(RetentionEventKind kind);  ///< "reported-us"
[[nodiscard]] std::string_view name_of(DutyForce force);          ///< "law-keep"
[[nodiscard]] std::optional<RetainedKind> retained_kind_named(std::string_view name);
[[nodiscard]] std::optional<RetentionEventKind> retention_event_named(std::string_view name);

/// The two tables: everything that Seawall knows of keeping and erasing.
[[nodiscard]] std::span<const Duty> all_duties();
[[nodiscard]] std::span<const ConflictRule> all_conflict_rules();
/// The rule by which `winner` prevails over `loser`; null where none does.
[[nodiscard]] const ConflictRule* rule_between(const Duty& winner, const Duty& loser);

[[nodiscard]] constexpr bool keeps(DutyForce force) {
  return force == DutyForce::kHold || force == DutyForce::kLawKeep || force == DutyForce::kHouseKeep;
}

/// `years` calendar years and then `days` days after `time`. Of 29 February, a year later: 1 March, so that
/// nothing goes a day too early.
[[nodiscard]] Time after(Time time, unsigned years, unsigned days);

}  // namespace seawall
