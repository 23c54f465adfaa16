#include "seawall/overseer/log_query.h"

#include <gtest/gtest.h>

#include <random>

#include "seawall/model/time_text.h"

namespace seawall {
namespace {

Time at(std::string_view text) { return *time_from_text(text); }

LogRecord made(std::string source, LogKind kind, Time when, std::uint64_t count = 1) {
  LogRecord record;
  record.source = std::move(source);
  record.entry = to_text(LogEntry{.at = when, .kind = kind, .commitment = {}, .count = count});
  record.record = R"({"who":"ann"})";
  record.at = when;
  record.leaf = 1;
  return record;
}

LogQueryAnswer answer(std::string_view query, const std::vector<LogRecord>& records) {
  LogQueryAnswer all(*log_query_from(query));
  for (const LogRecord& record : records) EXPECT_TRUE(all.add(record));
  return all;
}

const std::vector<LogRecord> kFew{made("orders", LogKind::kOrder, at("2026-01-01")),
                                  made("orders", LogKind::kError, at("2026-01-02T10:00:00Z")),
                                  made("orders", LogKind::kDisclosure, at("2026-01-02T11:00:00Z"), 20),
                                  made("lists", LogKind::kApproval, at("2026-02-01"))};

TEST(LogQuery, FiltersByKindSourceAndTime) {
  EXPECT_EQ(answer("", kFew).rows().size(), 4U);
  EXPECT_EQ(answer("kind=order,error", kFew).rows().size(), 2U);
  EXPECT_EQ(answer("source=lists", kFew).rows().size(), 1U);
  EXPECT_EQ(answer("from=2026-01-02 to=2026-01-02T11:00:00Z", kFew).rows().size(), 1U);
  EXPECT_EQ(answer("waiting", kFew).rows().size(), 0U);
  EXPECT_EQ(answer("erased", kFew).rows().size(), 0U);
}

TEST(LogQuery, CountsEntriesAndWhatTheyStandForByGroup) {
  const auto by_day = answer("by=day", kFew).counts();
  ASSERT_EQ(by_day.size(), 3U);
  EXPECT_EQ(by_day.at("2026-01-02").entries, 2U);
  EXPECT_EQ(by_day.at("2026-01-02").things, 21U);
  EXPECT_EQ(answer("by=month", kFew).counts().at("2026-01").entries, 3U);
  EXPECT_EQ(answer("by=kind", kFew).counts().at("disclosure").things, 20U);
  EXPECT_EQ(answer("by=source", kFew).counts().at("orders").entries, 3U);
  EXPECT_EQ(answer("count kind=key-change", kFew).counts().size(), 0U);
  EXPECT_TRUE(answer("count", kFew).rows().empty());
}

TEST(LogQuery, SaysHowManyRowsItsLimitLeavesOut) {
  const auto two = answer("limit=2", kFew);
  EXPECT_EQ(two.rows().size(), 2U);
  EXPECT_EQ(two.left_out(), 2U);
}

TEST(LogQuery, RefusesWordsThatItDoesNotKnowAndSaysWhichOne) {
  for (const char* text :
       {"kind=", "kind=all", "kind", "who=ann", "from=yesterday", "from=2026-02-01 to=2026-01-01", "count=3",
        "limit=0", "limit=10001", "limit=-1", "by=who", "source=A", "count count"})
    EXPECT_FALSE(log_query_from(text)) << text;
  EXPECT_NE(log_query_from("count who=ann").error().message.find("word 2"), std::string::npos);
  EXPECT_EQ(log_query_from("who=ann").error().message.find("ann"), std::string::npos)
      << "not even a typed name";
}

TEST(LogQuery, ReadsWhatItWrites) {
  const auto query =
      log_query_from("  by=month kind=error,order,error  from=2026-01-01 limit=7 erased source=b,a");
  ASSERT_TRUE(query);
  EXPECT_EQ(to_text(*query), "kind=order,error source=a,b from=2026-01-01T00:00:00Z erased by=month limit=7");
  EXPECT_EQ(*log_query_from(to_text(*query)), *query);
}

// The textbook twin: each record against each word of the query, as it is written in the page for overseers.
Time day_of(int day) { return at("2026-01-01") + std::chrono::hours(24) * day; }
std::string second_text_of(int day) { return to_text(day_of(day)); }

struct Wanted {
  int kind = -1, source = -1, from = -1, to = -1;
  bool waiting = false;
};

TEST(LogQuery, AgreesWithAClerkWhoReadsEveryEntry) {
  const unsigned seed = 7;
  std::mt19937 random(seed);
  const auto any = [&](int from, int to) { return std::uniform_int_distribution(from, to)(random); };
  const char* sources[] = {"lists", "orders", "access"};
  for (int round = 0; round < 300; ++round) {
    const Wanted wanted{any(-1, 17), any(-1, 2), any(-1, 20), any(21, 40), any(0, 3) == 0};
    std::string text = "by=day to=" + second_text_of(wanted.to);
    if (wanted.kind >= 0)
      text += " kind=" + std::string(name_of(all_log_kinds()[static_cast<std::size_t>(wanted.kind)]));
    if (wanted.source >= 0) text += std::string(" source=") + sources[wanted.source];
    if (wanted.from >= 0) text += " from=" + second_text_of(wanted.from);
    if (wanted.waiting) text += " waiting";
    std::vector<LogRecord> records;
    std::map<std::string, std::uint64_t> expected;
    for (int count = any(0, 60); count > 0; --count) {
      const int kind = any(0, 17), source = any(0, 2), day = any(0, 45);
      records.push_back(made(sources[source], all_log_kinds()[static_cast<std::size_t>(kind)], day_of(day)));
      const bool waits = any(0, 1) == 0;
      if (waits) records.back().leaf.reset();
      const bool fits =
          (wanted.kind < 0 || kind == wanted.kind) && (wanted.source < 0 || source == wanted.source) &&
          (wanted.from < 0 || day >= wanted.from) && day < wanted.to && (!wanted.waiting || waits);
      if (fits) ++expected[second_text_of(day).substr(0, 10)];
    }
    std::map<std::string, std::uint64_t> counted;
    const auto counts = answer(text, records).counts();
    for (const auto& [day, count] : counts) counted[day] = count.entries;
    ASSERT_EQ(counted, expected) << seed << " " << round << " " << text;
  }
}

LogRecord promising(std::uint64_t leaf, LogKind kind, std::optional<int> due_h = {},
                    std::optional<std::uint64_t> ref = {}) {
  LogEntry entry{.at = Time(std::chrono::hours(1)), .kind = kind, .ref = ref};
  if (due_h) entry.due = Time(std::chrono::hours(*due_h));
  LogRecord record;
  record.source = "orders";
  record.entry = to_text(entry);
  record.leaf = leaf;
  return record;
}

std::vector<std::uint64_t> overdue_leaves(const std::vector<LogRecord>& records, const char* words) {
  LogQueryAnswer answer(log_query_from(words).value(), Time(std::chrono::hours(100)));
  for (const LogRecord& one : records) EXPECT_TRUE(answer.add(one));
  EXPECT_TRUE(answer.finish());
  std::vector<std::uint64_t> leaves;
  for (const LogQueryRow& row : answer.rows()) leaves.push_back(row.leaf.value_or(999));
  return leaves;
}

TEST(LogQuery, FindsWhatIsOverdueAndNobodyAnswered) {
  std::vector<LogRecord> all{promising(0, LogKind::kOrder, 50),
                             promising(1, LogKind::kOrder, 50),
                             promising(2, LogKind::kOrder, 50),
                             promising(3, LogKind::kOrder, 150),
                             promising(4, LogKind::kError, 60),
                             promising(5, LogKind::kOrderOpening, {}, 0),
                             promising(6, LogKind::kOrderExtension, 99, 1),
                             promising(7, LogKind::kOrderExtension, 101, 2),
                             promising(8, LogKind::kError, {}, 2)};
  EXPECT_EQ(overdue_leaves(all, "overdue"), (std::vector<std::uint64_t>{1, 4}));
  EXPECT_EQ(overdue_leaves(all, "overdue kind=order"), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(overdue_leaves(all, "overdue limit=1"), (std::vector<std::uint64_t>{1}));
  all.push_back(promising(9, LogKind::kOrder, 40));
  all.back().leaf.reset();
  EXPECT_EQ(overdue_leaves(all, "overdue waiting"), (std::vector<std::uint64_t>{999}));
}

}  // namespace
}  // namespace seawall
