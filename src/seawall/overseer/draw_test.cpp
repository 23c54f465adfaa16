#include "seawall/overseer/draw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include "seawall/crypto/sha256.h"

namespace seawall {
namespace {

Sha256 some_hash(int number) { return sha256_of("hash " + std::to_string(number)); }

std::string entry_text(int number) {
  return to_text(LogEntry{.kind = number % 3 == 0 ? LogKind::kOrder : LogKind::kApproval,
                          .commitment = some_hash(number)});
}

DrawFacts facts_of(DrawFacts facts, int entries, int other_entry = -1) {
  for (int i = 0; i < entries; ++i) {
    const std::string text = entry_text(i == other_entry ? i + 3'000 : i);
    const auto entry = log_entry_from_text(text);
    EXPECT_TRUE(facts.add(text, entry ? &*entry : nullptr));
  }
  return facts;
}

const Sha256 kSecret = some_hash(-1);

DrawFrame a_frame() {
  const DrawFacts facts = facts_of(DrawFacts({.from = 10, .to = 90, .size = 100}), 100);
  return {.origin = "lists.example/log",
          .head = {100, *facts.frame_root()},
          .from = 10,
          .to = 90,
          .count = facts.leaves().size(),
          .wanted = 5,
          .seed_size = 130,
          .secret_hash = draw_secret_hash(kSecret)};
}

DrawFacts facts_for(const DrawFrame& frame, int entries = 140, int other_entry = -1) {
  return facts_of(DrawFacts(frame), entries, other_entry);
}

// The textbook: a whole row, shuffled from its beginning, with numbers made one by one.
std::vector<std::uint64_t> textbook_places(const Sha256& seed, std::uint64_t count, std::uint64_t wanted) {
  std::uint64_t used = 0;
  const auto word = [&] {
    std::string block(reinterpret_cast<const char*>(seed.data()), seed.size());
    for (int shift = 56; shift >= 0; shift -= 8) block += static_cast<char>((used / 4) >> shift & 0xff);
    const Sha256 hash = sha256_of(block);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
      value = value * 256 + std::to_integer<std::uint64_t>(hash[used % 4 * 8 + i]);
    ++used;
    return value;
  };
  std::vector<std::uint64_t> row(count);
  std::iota(row.begin(), row.end(), 0);
  for (std::uint64_t i = 0; i < wanted; ++i) {
    const std::uint64_t left = count - i;
    const std::uint64_t words_left = (UINT64_MAX % left + 1) % left;  // 2^64 mod left.
    std::uint64_t number = word();
    while (words_left > 0 && number > UINT64_MAX - words_left) number = word();
    std::swap(row[i], row[i + number % left]);
  }
  row.resize(wanted);
  std::ranges::sort(row);
  return row;
}

TEST(Draw, ChoosesAsTheTextbookDoes) {
  for (int i = 0; i < 300; ++i) {
    const auto count = static_cast<std::uint64_t>(1 + i * 7 % 211);
    const std::uint64_t wanted = 1 + static_cast<std::uint64_t>(i) % count;
    const auto places = draw_places(some_hash(i), count, wanted);
    EXPECT_EQ(places, textbook_places(some_hash(i), count, wanted));
    EXPECT_EQ(places.size(), wanted);
    EXPECT_EQ(std::ranges::adjacent_find(places), places.end());
  }
}

TEST(Draw, ChoosesEachSubsetAboutAsOften) {
  constexpr int kRounds = 20'000;
  std::map<std::vector<std::uint64_t>, int> seen;
  for (int i = 0; i < kRounds; ++i) ++seen[draw_places(some_hash(i), 6, 3)];
  ASSERT_EQ(seen.size(), 20U);
  double chi_squared = 0;
  for (const auto& [places, times] : seen) chi_squared += (times - 1000.0) * (times - 1000.0) / 1000.0;
  EXPECT_LT(chi_squared, 43.8);  // 19 degrees of freedom, p = 0.001.
}

TEST(Draw, IsMadeAgainFromTheLogAndAnyChangeIsFound) {
  const DrawFrame frame = a_frame();
  EXPECT_EQ(frame.count, 26U);
  const auto draw = make_draw(frame, kSecret, facts_for(frame));
  ASSERT_TRUE(draw) << draw.error().message;
  EXPECT_TRUE(check_draw(*draw, facts_for(frame)));
  EXPECT_TRUE(check_draw(*draw, facts_for(frame, 130))) << "later entries have no part in it";
  for (const std::uint64_t leaf : draw->drawn) EXPECT_EQ(leaf % 3, 0U);
  Draw other = *draw;
  other.drawn[0] = other.drawn[0] == 12 ? 15 : 12;
  EXPECT_EQ(check_draw(other, facts_for(frame)).error().code, Code::kCorrupt);
  other = *draw;
  other.seed_root = some_hash(1);
  EXPECT_EQ(check_draw(other, facts_for(frame)).error().code, Code::kCorrupt);
}

TEST(Draw, WaitsForTheLogAndTakesNoOtherLogNorSecret) {
  const DrawFrame frame = a_frame();
  EXPECT_EQ(make_draw(frame, kSecret, facts_for(frame, 129)).error().code, Code::kUnavailable);
  EXPECT_EQ(make_draw(frame, some_hash(0), facts_for(frame)).error().code, Code::kInvalidInput);
  EXPECT_EQ(make_draw(frame, kSecret, facts_for(frame, 140, 50)).error().code, Code::kCorrupt);
  DrawFrame fewer = frame;
  fewer.count = 25;
  EXPECT_EQ(make_draw(fewer, kSecret, facts_for(fewer)).error().code, Code::kCorrupt);
}

TEST(Draw, TurnsOnTheSecretTheFrameAndTheLogAfterIt) {
  const DrawFrame frame = a_frame();
  const Sha256 seed = draw_seed(frame, kSecret, some_hash(1));
  EXPECT_NE(seed, draw_seed(frame, some_hash(3), some_hash(1)));
  EXPECT_NE(seed, draw_seed(frame, kSecret, some_hash(2)));
  DrawFrame longer = frame;
  longer.to = 91;
  EXPECT_NE(seed, draw_seed(longer, kSecret, some_hash(1)));
}

TEST(Draw, IsReadAsItWasWritten) {
  const DrawFrame frame = a_frame();
  const Draw draw = *make_draw(frame, kSecret, facts_for(frame));
  EXPECT_EQ(draw_frame_from_text(to_text(frame)).value(), frame);
  EXPECT_EQ(draw_from_text(to_text(draw)).value(), draw);
  Draw twice = draw;
  twice.drawn[1] = twice.drawn[0];
  EXPECT_FALSE(draw_from_text(to_text(twice)));
  DrawFrame early = frame;
  early.seed_size = 100;
  EXPECT_FALSE(draw_frame_from_text(to_text(early)));
  early = frame;
  early.to = 101;
  EXPECT_FALSE(draw_frame_from_text(to_text(early)));
  EXPECT_FALSE(draw_from_text(to_text(frame)));
}

}  // namespace
}  // namespace seawall
