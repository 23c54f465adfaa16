#include "seawall/copy_mark/copy_mark.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "seawall/exchange/text_sink.h"

namespace seawall {
namespace {

constexpr std::size_t kWindow = 64;

CopyMark mark(int number) {
  const std::array<std::byte, 2> salt{static_cast<std::byte>(number >> 8), static_cast<std::byte>(number)};
  return CopyMark::of_use("the entry", salt);
}

std::vector<ExchangeRecord> records(std::size_t count, std::uint32_t seed = 20'261'123) {
  std::mt19937 random(seed);
  std::vector<ExchangeRecord> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    all[i].key = "key-" + std::to_string(i);
    Md5 md5{};
    for (std::byte& one : md5) one = static_cast<std::byte>(random());
    all[i].content.signals.md5 = md5;
  }
  return all;
}

std::vector<ExchangeRecord> marked(std::vector<ExchangeRecord> all, const CopyMark& by) {
  for (std::size_t at = 0; at < all.size(); at += kWindow) {
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(at + kWindow, all.size()));
    std::sort(all.begin() + static_cast<std::ptrdiff_t>(at), end,
              [&](const auto& a, const auto& b) { return by.rank(a) < by.rank(b); });
  }
  return all;
}

MarkDetector::Found found(const std::vector<ExchangeRecord>& copy, const CopyMark& by) {
  MarkDetector detector(by);
  for (const ExchangeRecord& one : copy) detector.see(one);
  return detector.found();
}
bool is_sure(const std::vector<ExchangeRecord>& copy, const CopyMark& by) {
  return found(copy, by).score >= MarkDetector::kSure;
}

TEST(CopyMark, IsFoundInItsCopyAndNoOtherIs) {
  const auto copy = marked(records(500), mark(1));
  EXPECT_TRUE(is_sure(copy, mark(1)));
  for (int other = 2; other < 300; ++other) EXPECT_FALSE(is_sure(copy, mark(other))) << other;
  EXPECT_FALSE(is_sure(records(500), mark(1))) << "a copy without one";
}

TEST(CopyMark, IsInAnyPartOfFifteenRecordsOfAWindow) {
  const auto copy = marked(records(640), mark(1));
  for (std::size_t at = 0; at + 15 <= copy.size(); at += kWindow)
    EXPECT_TRUE(is_sure(
        {copy.begin() + static_cast<std::ptrdiff_t>(at), copy.begin() + static_cast<std::ptrdiff_t>(at + 15)},
        mark(1)))
        << at;
  EXPECT_FALSE(is_sure({copy.begin(), copy.begin() + 14}, mark(1))) << "too few to be sure of";
}

TEST(CopyMark, SurvivesThatRecordsAreTakenOutAndOthersPutIn) {
  std::mt19937 random(7);
  auto copy = marked(records(1000), mark(1));
  const auto others = records(200, 99);
  std::erase_if(copy, [&](const auto&) { return random() % 3 == 0; });
  for (const ExchangeRecord& one : others)
    copy.insert(copy.begin() + static_cast<std::ptrdiff_t>(random() % copy.size()), one);
  EXPECT_TRUE(is_sure(copy, mark(1)));
}

TEST(CopyMark, IsRemovedByWhoSortsOrShuffles) {
  auto copy = marked(records(1000), mark(1));
  std::shuffle(copy.begin(), copy.end(), std::mt19937(1));
  EXPECT_FALSE(is_sure(copy, mark(1)));
  std::ranges::sort(copy, {}, &ExchangeRecord::key);
  EXPECT_FALSE(is_sure(copy, mark(1)));
}

TEST(CopyMark, DependsOnTheSaltAndTheEntry) {
  const auto record = records(1).front();
  EXPECT_NE(mark(1).rank(record), mark(2).rank(record));
  const std::array<std::byte, 2> salt{};
  EXPECT_NE(CopyMark::of_use("a", salt).rank(record), CopyMark::of_use("b", salt).rank(record));
}

TEST(CopyMark, IsReadBackFromEachFormatThatWritesThem) {
  const auto copy = marked(records(200), mark(1));
  for (const char* name : {"csv", "ndjson", "vics-2.0"}) {
    const ExchangeFormat& format = **exchange_format_named(name);
    TextSink sink;
    const auto writer = format.writer(sink, {}).value();
    std::vector<std::string> losses;
    for (const ExchangeRecord& one : copy) ASSERT_TRUE(writer->add(one, losses)) << name;
    ASSERT_TRUE(writer->finish());
    MemorySource source(sink.text);
    const auto reader = format.reader(source).value();
    MarkDetector detector(mark(1));
    ExchangeRecord record;
    for (;;) {
      const auto next = reader->next(record);
      ASSERT_TRUE(next) << name << next.error().message;
      if (next->kind == ExchangeOutcome::Kind::kEnd) break;
      if (next->kind == ExchangeOutcome::Kind::kRecord) detector.see(record);
    }
    EXPECT_GE(detector.found().score, MarkDetector::kSure) << name;
  }
}

}  // namespace
}  // namespace seawall
