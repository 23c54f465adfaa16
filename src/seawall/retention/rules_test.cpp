#include "seawall/retention/rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "seawall/model/time_text.h"

namespace seawall {
namespace {

using Event = RetentionEventKind;

Time day(std::string_view text) { return *time_from_text(text); }

RetainedRecord content(std::vector<RetentionEvent> events) {
  return {.id = "r",
          .kind = RetainedKind::kReportContent,
          .created = day("2026-01-05"),
          .events = std::move(events)};
}
RetentionVerdict at(std::string_view now, const RetainedRecord& record) {
  return decide_retention(record, day(now));
}

TEST(Retention, KeepsAReportForOneYearAndThenLetsItGo) {
  const RetainedRecord record = content({{.what = Event::kReportedUs, .at = day("2026-01-06")}});
  const RetentionVerdict kept = at("2027-01-05", record);
  EXPECT_EQ(kept.state, RetentionState::kKept);
  EXPECT_EQ(kept.erase_after, day("2027-01-06"));
  EXPECT_EQ(at("2027-01-06", record).state, RetentionState::kDue);
  EXPECT_NE(kept.why.find("18 USC 2258A(h)"), std::string::npos) << kept.why;
}

TEST(Retention, LetsARequestForDestructionEndTheAmericanYearAndNoOtherDuty) {
  RetainedRecord record = content({{.what = Event::kReportedUs, .at = day("2026-01-06")},
                                   {.what = Event::kDestructionAsked, .at = day("2026-02-01")}});
  EXPECT_EQ(at("2026-02-01", record).state, RetentionState::kDue);
  EXPECT_EQ(at("2026-01-31", record).state, RetentionState::kKept) << "it was not asked yet";
  record.events.push_back({.what = Event::kReportedUk, .at = day("2026-01-10")});
  const RetentionVerdict both = at("2026-02-01", record);
  EXPECT_EQ(both.state, RetentionState::kKept);
  EXPECT_EQ(both.erase_after, day("2027-01-10"));
  EXPECT_NE(both.why.find("destruction-ends-preserving"), std::string::npos) << both.why;
  EXPECT_NE(both.why.find("law-keeps"), std::string::npos) << both.why;
}

TEST(Retention, LetsARequestForDestructionEndNothingThatWasReportedAfterIt) {
  const RetainedRecord record = content({{.what = Event::kReportedUs, .at = day("2026-01-06")},
                                         {.what = Event::kDestructionAsked, .at = day("2026-02-01")},
                                         {.what = Event::kReportedUs, .at = day("2026-03-01")}});
  EXPECT_EQ(at("2026-02-02", record).state, RetentionState::kDue) << "not reported again yet";
  EXPECT_EQ(at("2026-03-02", record).state, RetentionState::kKept);
  EXPECT_EQ(at("2026-03-02", record).erase_after, day("2027-03-01"));
}

TEST(Retention, ErasesNothingWhileAHoldStands) {
  RetainedRecord record = content({{.what = Event::kReportedUs, .at = day("2026-01-06")},
                                   {.what = Event::kDestructionAsked, .at = day("2026-02-01")},
                                   {.what = Event::kHoldSet, .at = day("2026-01-20"), .ref = "a"},
                                   {.what = Event::kHoldSet, .at = day("2026-01-21"), .ref = "b"},
                                   {.what = Event::kHoldLifted, .at = day("2026-03-01"), .ref = "a"}});
  const RetentionVerdict held = at("2040-01-01", record);
  EXPECT_EQ(held.state, RetentionState::kHeld) << "b stands though a is lifted";
  EXPECT_FALSE(held.erase_after);
  record.events.push_back({.what = Event::kHoldLifted, .at = day("2026-04-01"), .ref = "b"});
  EXPECT_EQ(at("2026-04-01", record).state, RetentionState::kDue);
  EXPECT_EQ(at("2026-03-31", record).state, RetentionState::kHeld);
}

TEST(Retention, TakesAPreservationRequestForNinetyDaysAtMostOrSixtyAtLeast) {
  const auto until = [](Event what, std::optional<Time> end) {
    return *at("2026-02-02", content({{.what = what, .at = day("2026-02-01"), .until = end}})).keep_until;
  };
  EXPECT_EQ(until(Event::kPreservationAsked, std::nullopt), day("2026-05-02"));
  EXPECT_EQ(until(Event::kPreservationAsked, day("2026-02-20")), day("2026-02-20"));
  EXPECT_EQ(until(Event::kPreservationAsked, day("2028-02-20")), day("2026-05-02"));
  EXPECT_EQ(until(Event::kForeignPreservationAsked, day("2026-02-20")), day("2026-04-02"));
  EXPECT_EQ(until(Event::kForeignPreservationAsked, day("2026-08-20")), day("2026-08-20"));
}

TEST(Retention, LetsLawOutliveTheHousesLimitAndTheLimitTheHousesWish) {
  RetainedRecord record = content({});
  record.keep_days = 100;
  EXPECT_EQ(at("2026-02-01", record).erase_after, day("2026-04-15"));
  record.limit_days = 30;
  EXPECT_EQ(at("2026-02-01", record).erase_after, day("2026-02-04"));
  record.events.push_back({.what = Event::kReportedUs, .at = day("2026-01-06")});
  EXPECT_EQ(at("2026-02-01", record).erase_after, day("2027-01-06"));
}

TEST(Retention, LeavesWhatNoDutySpeaksOfToPeople) {
  const RetentionVerdict none = at("2090-01-01", content({}));
  EXPECT_EQ(none.state, RetentionState::kUndecided);
  EXPECT_FALSE(none.erase_after);
}

TEST(Retention, CountsAYearFromTheTwentyNinthOfFebruaryToTheFirstOfMarch) {
  EXPECT_EQ(after(day("2024-02-29"), 1, 0), day("2025-03-01"));
  EXPECT_EQ(after(day("2024-02-29"), 4, 0), day("2028-02-29"));
  EXPECT_EQ(after(day("2024-02-29T11:12:13Z"), 0, 2), day("2024-03-02T11:12:13Z"));
}

TEST(Retention, HasASourceAndWordsForEachDutyAndARuleForEachConflict) {
  for (const Duty& duty : all_duties()) {
    EXPECT_FALSE(duty.words.empty() || duty.source.empty() || duty.kinds == 0) << duty.name;
    for (const Duty& other : all_duties()) {
      if ((duty.kinds & other.kinds) == 0 || !keeps(duty.force) || keeps(other.force)) continue;
      EXPECT_TRUE(rule_between(duty, other) || rule_between(other, duty)) << duty.name << " " << other.name;
    }
  }
}

TEST(Retention, RefusesLinesThatSayNothingOrTooMuch) {
  for (const char* line :
       {"", "{}", R"({"id":"a","kind":"order"})", R"({"id":"a","kind":"what","created":"2026-01-01"})",
        R"({"id":"a","kind":"order","created":"1066-01-01"})",
        R"({"id":"a","kind":"order","created":"2026-01-01","x":1})",
        R"({"id":"a","kind":"order","created":"2026-01-01","events":[{"what":"none","at":"2026-01-01"}]})",
        R"({"id":"a","kind":"order","created":"2026-01-01","events":[{"what":"epoc-pr"}]})"})
    EXPECT_FALSE(retained_record_from(line)) << line;
}

// The textbook twin: it walks day by day, with a calendar of its own, and asks each day whether somebody
// wants the record kept and whether somebody wants it gone.
namespace twin {

struct Date {
  int year, month, day;
};
bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }
int month_days(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : kDays[month - 1];
}
/// Day 0: 2020-01-01.
int number_of(Date date) {
  int number = date.day - 1;
  for (int year = 2020; year < date.year; ++year) number += leap(year) ? 366 : 365;
  for (int month = 1; month < date.month; ++month) number += month_days(date.year, month);
  return number;
}
Date date_of(int number) {
  Date date{2020, 1, 1};
  for (; number > 0; --number) {
    if (++date.day <= month_days(date.year, date.month)) continue;
    date.day = 1;
    if (++date.month > 12) date = {date.year + 1, 1, 1};
  }
  return date;
}
int years_on(int number, int years) {
  Date date = date_of(number);
  date.year += years;
  if (date.day > month_days(date.year, date.month)) date = {date.year, 3, 1};
  return number_of(date);
}

struct Happening {
  Event what;
  int at;
  int until;  // -1: none
  std::string ref;
};

constexpr int kNever = 1 << 28;

/// The first day on which it may and shall go, or kNever.
int erased_on(RetainedKind kind, int created, int limit, int wish, const std::vector<Happening>& all,
              int now) {
  std::vector<int> kept, wanted;
  const bool reported = kind == RetainedKind::kReportContent || kind == RetainedKind::kUserData;
  const bool papers =
      kind == RetainedKind::kOrder || kind == RetainedKind::kRequest || kind == RetainedKind::kLogRecord;
  int asked = -1;  // The last day on which destruction was asked: it ends what was reported until then.
  for (const Happening& one : all)
    if (one.what == Event::kDestructionAsked && one.at <= now && reported) asked = std::max(asked, one.at);
  for (const Happening& one : all) {
    if (one.at > now) continue;
    const int until = one.until;
    if (one.what == Event::kReportedUs && reported && one.at > asked) kept.push_back(years_on(one.at, 1));
    if (one.what == Event::kReportedUk && reported) kept.push_back(years_on(one.at, 1));
    if (one.what == Event::kReportedUk && kind == RetainedKind::kReportReference)
      kept.push_back(years_on(one.at, 5));
    if (one.what == Event::kPreservationAsked && reported)
      kept.push_back(until >= 0 && until < one.at + 90 ? until : one.at + 90);
    if (one.what == Event::kForeignPreservationAsked && reported)
      kept.push_back(until > one.at + 60 ? until : one.at + 60);
    if (one.what == Event::kEpocPr && reported) kept.push_back(one.at + 60);
    if (one.what == Event::kEpocPrExtended && reported) kept.push_back(one.at + 30);
    if (one.what == Event::kDestructionAsked && reported) wanted.push_back(one.at);
    if (one.what != Event::kHoldSet) continue;
    int end = until >= 0 ? until : kNever;
    for (const Happening& other : all)
      if (other.what == Event::kHoldLifted && other.ref == one.ref && other.at >= one.at && other.at <= now)
        end = std::min(end, other.at);
    kept.push_back(end);
  }
  if (papers) kept.push_back(years_on(created, 3));
  if (papers) wanted.push_back(years_on(created, 5));
  if (limit >= 0) wanted.push_back(created + limit);
  if (wanted.empty() && wish >= 0) kept.push_back(created + wish);
  if (kept.empty() && wanted.empty()) return kNever;
  for (int today = 0; today < 14'000; ++today) {
    const bool free = std::ranges::none_of(kept, [&](int end) { return today < end; });
    const bool due = wanted.empty() || std::ranges::any_of(wanted, [&](int from) { return today >= from; });
    if (free && due) return today;
  }
  return kNever;
}

}  // namespace twin

Time at_day(int number) { return day("2020-01-01") + std::chrono::hours(24) * number; }

TEST(Retention, AgreesWithAClerkWhoWalksDayByDay) {
  const unsigned seed = 20'261'123;
  std::mt19937 random(seed);
  const auto any = [&](int from, int to) { return std::uniform_int_distribution(from, to)(random); };
  for (int round = 0; round < 3'000; ++round) {
    const auto kind = static_cast<RetainedKind>(any(0, static_cast<int>(kRetainedKinds) - 1));
    const int created = any(0, 2'000);
    const int limit = any(0, 2) == 0 ? any(0, 800) : -1;
    const int wish = any(0, 2) == 0 ? any(0, 800) : -1;
    const int now = created + any(0, 3'000);
    std::vector<twin::Happening> all;
    RetainedRecord record{.id = "r", .kind = kind, .created = at_day(created)};
    if (limit >= 0) record.limit_days = static_cast<unsigned>(limit);
    if (wish >= 0) record.keep_days = static_cast<unsigned>(wish);
    for (int count = any(0, 6); count > 0; --count) {
      twin::Happening one{static_cast<Event>(any(1, static_cast<int>(kRetentionEventKinds) - 1)),
                          created + any(0, 1'500), -1, std::string(1, static_cast<char>('a' + any(0, 1)))};
      if (any(0, 2) == 0) one.until = one.at + any(1, 200);
      all.push_back(one);
      record.events.push_back({.what = one.what, .at = at_day(one.at), .ref = one.ref});
      if (one.until >= 0) record.events.back().until = at_day(one.until);
    }
    const RetentionVerdict verdict = decide_retention(record, at_day(now));
    const int expected = twin::erased_on(kind, created, limit, wish, all, now);
    ASSERT_EQ(verdict.erase_after.has_value(), expected != twin::kNever)
        << seed << " " << round << " " << verdict.why;
    if (verdict.erase_after) {
      ASSERT_EQ(*verdict.erase_after, at_day(expected)) << seed << " " << round << " " << verdict.why;
    }
    EXPECT_EQ(verdict.state == RetentionState::kDue, expected <= now)
        << seed << " " << round << " " << verdict.why;
  }
}

}  // namespace
}  // namespace seawall
