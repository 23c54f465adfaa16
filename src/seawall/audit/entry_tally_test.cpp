#include "seawall/audit/entry_tally.h"

#include <gmock/gmock.h>

namespace seawall {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Time kNow{std::chrono::seconds(1'790'000'000)};
constexpr TallyRules kRules{.clock_tolerance = std::chrono::seconds(600), .now = kNow};

LogEntry entry(LogKind kind, Time at = kNow) { return {.at = at, .kind = kind}; }
LogEntry due_in(LogKind kind, hours due, std::optional<std::uint64_t> ref = {}) {
  return {.at = kNow, .kind = kind, .ref = ref, .due = kNow + due};
}
LogEntry referring(LogKind kind, std::uint64_t ref) { return {.at = kNow, .kind = kind, .ref = ref}; }

std::vector<FindingKind> kinds_of(const std::vector<Finding>& findings) {
  std::vector<FindingKind> kinds;
  for (const Finding& finding : findings) kinds.push_back(finding.kind);
  return kinds;
}

std::vector<std::uint64_t> overdue_after(const std::vector<LogEntry>& entries, hours later) {
  EntryTally tally;
  std::uint64_t index = 0;
  for (const LogEntry& each : entries) EXPECT_TRUE(tally.add(index++, each, kRules));
  std::vector<std::uint64_t> indices;
  for (const Finding& finding : tally.overdue(kNow + later)) indices.push_back(finding.index);
  return indices;
}

TEST(EntryTally, ListsAnOrderThatWasNotOpenedInTime) {
  const LogEntry order = due_in(LogKind::kOrder, hours(10));
  EXPECT_THAT(overdue_after({order}, hours(10)), IsEmpty());
  EXPECT_THAT(overdue_after({order}, hours(11)), ElementsAre(0));
  EXPECT_THAT(overdue_after({order, referring(LogKind::kOrderOpening, 0)}, hours(11)), IsEmpty());
}

TEST(EntryTally, TakesOnlyAnOpeningForAnOpening) {
  const LogEntry order = due_in(LogKind::kOrder, hours(10));
  for (const LogKind kind : {LogKind::kOrder, LogKind::kDisclosure, LogKind::kOrderExtension})
    EXPECT_THAT(overdue_after({order, referring(kind, 0)}, hours(11)), ElementsAre(0)) << name_of(kind);
  EXPECT_THAT(
      overdue_after({entry(LogKind::kExport), order, referring(LogKind::kOrderOpening, 0)}, hours(11)),
      ElementsAre(1));
}

TEST(EntryTally, LetsAnExtensionMoveTheTime) {
  const LogEntry order = due_in(LogKind::kOrder, hours(10));
  const LogEntry extension = due_in(LogKind::kOrderExtension, hours(20), 0);
  EXPECT_THAT(overdue_after({order, extension}, hours(11)), IsEmpty());
  EXPECT_THAT(overdue_after({order, extension}, hours(21)), ElementsAre(0));
  EXPECT_THAT(overdue_after({order, extension, referring(LogKind::kOrderOpening, 0)}, hours(21)), IsEmpty());
}

TEST(EntryTally, LetsOtherPromisesBeKeptByTheirOwnKind) {
  const LogEntry error = due_in(LogKind::kError, hours(10));
  EXPECT_THAT(overdue_after({error, referring(LogKind::kOrderOpening, 0)}, hours(11)), ElementsAre(0));
  EXPECT_THAT(overdue_after({error, referring(LogKind::kError, 0)}, hours(11)), IsEmpty());
}

TEST(EntryTally, FindsTimesThatRunBackByMoreThanTheTolerance) {
  EntryTally tally;
  const auto at = [](int seconds) { return entry(LogKind::kRelease, kNow + std::chrono::seconds(seconds)); };
  EXPECT_THAT(tally.add(0, at(0), kRules).value(), IsEmpty());
  EXPECT_THAT(tally.add(1, at(-600), kRules).value(), IsEmpty());
  EXPECT_THAT(kinds_of(tally.add(2, at(-601), kRules).value()), ElementsAre(FindingKind::kTimeRunsBack));
  EXPECT_EQ(tally.found[FindingKind::kTimeRunsBack], 1U);
}

TEST(EntryTally, FindsTimesThatHaveNotComeAndDoesNotCountWithThem) {
  EntryTally tally;
  EXPECT_THAT(kinds_of(tally.add(0, entry(LogKind::kRelease, kNow + hours(1)), kRules).value()),
              ElementsAre(FindingKind::kTimeAhead));
  EXPECT_THAT(tally.add(1, entry(LogKind::kRelease), kRules).value(), IsEmpty());
}

TEST(EntryTally, FindsReferencesForward) {
  EntryTally tally;
  EXPECT_THAT(kinds_of(tally.add(5, referring(LogKind::kRetention, 5), kRules).value()),
              ElementsAre(FindingKind::kStrayRef));
  EXPECT_THAT(tally.add(6, referring(LogKind::kRetention, 5), kRules).value(), IsEmpty());
}

TEST(EntryTally, SaysNothingOfWhatStoodInAnEntryThatIsNone) {
  EntryTally tally;
  const auto findings = tally.add(9, log_entry_from_text(R"({"secret":"words"})"), kRules).value();
  EXPECT_THAT(kinds_of(findings), ElementsAre(FindingKind::kNotAnEntry));
  EXPECT_THAT(findings[0].what, testing::Not(testing::HasSubstr("words")));
}

TEST(EntryTally, RefusesMorePromisesThanItCanKeepInMind) {
  EntryTally tally;
  for (std::uint64_t i = 0; i < EntryTally::kOpenMax; ++i)
    ASSERT_TRUE(tally.add(i, due_in(LogKind::kOrder, hours(1)), kRules));
  EXPECT_EQ(tally.add(EntryTally::kOpenMax, due_in(LogKind::kOrder, hours(1)), kRules).error().code,
            Code::kLimitExceeded);
}

}  // namespace
}  // namespace seawall
