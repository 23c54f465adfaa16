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

const Sha256 kSecret = some_hash(-1);

std::string entry_text(int number) {
  return to_text(LogEntry{.kind = number % 3 == 0 ? LogKind::kOrder : LogKind::kApproval,
                          .commitment = some_hash(number)});
}

std::string draw_text(const Sha256& commitment, std::optional<std::uint64_t> ref = {}) {
  return to_text(LogEntry{.kind = LogKind::kDraw, .commitment = commitment, .ref = ref});
}

std::string answer_text(const Sha256& value, std::uint64_t ref) {
  return to_text(LogEntry{.kind = LogKind::kDrawAnswer, .commitment = value, .ref = ref});
}

DrawFacts facts_of(DrawFacts facts, const std::vector<std::string>& log) {
  for (const std::string& text : log) {
    const auto entry = log_entry_from_text(text);
    EXPECT_TRUE(facts.add(text, entry ? &*entry : nullptr));
  }
  return facts;
}

std::vector<std::string> plain_log(int entries) {
  std::vector<std::string> log;
  for (int i = 0; i < entries; ++i) log.push_back(entry_text(i));
  return log;
}

DrawFrame a_frame(const Sha256& secret = kSecret, int size = 100) {
  const DrawFacts facts =
      facts_of(DrawFacts({.from = 10, .to = 90, .size = static_cast<std::uint64_t>(size)}), plain_log(size));
  return {.origin = "lists.example/log",
          .head = {static_cast<std::uint64_t>(size), *facts.frame_root()},
          .from = 10,
          .to = 90,
          .count = facts.leaves().size(),
          .wanted = 5,
          .secret_hash = draw_secret_hash(secret)};
}

constexpr std::uint64_t kEntered = 120;
const Sha256 kAnswer = some_hash(-2);

/// 120 entries, the frame, one of the overseer's, the keeper's answer, one more of the overseer's.
std::vector<std::string> log_with(const DrawFrame& frame) {
  auto log = plain_log(kEntered);
  log.push_back(draw_text(commitment_of(telling_of(frame))));
  log.push_back(entry_text(1));
  log.push_back(answer_text(kAnswer, kEntered));
  log.push_back(entry_text(2));
  return log;
}

DrawFacts facts_for(const DrawFrame& frame, const std::vector<std::string>& log) {
  return facts_of(DrawFacts(frame), log);
}
DrawFacts facts_for(const DrawFrame& frame) { return facts_for(frame, log_with(frame)); }

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
  EXPECT_EQ(draw->entered, kEntered);
  EXPECT_TRUE(check_draw(*draw, facts_for(frame)));
  for (const std::uint64_t leaf : draw->drawn) EXPECT_EQ(leaf % 3, 0U);
  Draw other = *draw;
  other.drawn[0] = other.drawn[0] == 12 ? 15 : 12;
  EXPECT_EQ(check_draw(other, facts_for(frame)).error().code, Code::kCorrupt);
  other = *draw;
  other.answer = some_hash(1);
  EXPECT_EQ(check_draw(other, facts_for(frame)).error().code, Code::kCorrupt);
}

TEST(Draw, WaitsForTheFrameAndItsAnswerInTheLog) {
  const DrawFrame frame = a_frame();
  auto log = log_with(frame);
  log.resize(kEntered + 2);
  const auto unanswered = make_draw(frame, kSecret, facts_for(frame, log));
  EXPECT_EQ(unanswered.error().code, Code::kUnavailable);
  log.resize(kEntered);
  EXPECT_EQ(make_draw(frame, kSecret, facts_for(frame, log)).error().code, Code::kUnavailable);
}

TEST(Draw, TakesNoOtherLogNorSecret) {
  const DrawFrame frame = a_frame();
  EXPECT_EQ(make_draw(frame, some_hash(0), facts_for(frame)).error().code, Code::kInvalidInput);
  auto log = log_with(frame);
  log[50] = entry_text(3'050);
  EXPECT_EQ(make_draw(frame, kSecret, facts_for(frame, log)).error().code, Code::kCorrupt);
  DrawFrame fewer = frame;
  fewer.count = 25;
  EXPECT_EQ(make_draw(fewer, kSecret, facts_for(fewer)).error().code, Code::kCorrupt);
}

// Who tries secrets until a draw suits them, on a copy of the log that they let grow old.
TEST(Draw, IsNotSteeredByAFrameMadeOnAnOldCopy) {
  const std::uint64_t wished = 12;
  int suits = 0;
  int suits_now = 0;
  for (int i = 0; i < 200; ++i) {
    const Sha256 secret = some_hash(1'000 + i);
    const DrawFrame frame = a_frame(secret);
    // What their copy lets them compute: an answer of theirs. It is refused: no such entry follows the frame.
    auto guessed = log_with(frame);
    guessed[kEntered + 2] = answer_text(some_hash(7), kEntered);
    const Draw tried = *make_draw(frame, secret, facts_for(frame, guessed));
    if (std::ranges::find(tried.drawn, wished) == tried.drawn.end()) continue;
    ++suits;
    EXPECT_EQ(check_draw(tried, facts_for(frame)).error().code, Code::kCorrupt);
    const Draw real = *make_draw(frame, secret, facts_for(frame));
    suits_now += std::ranges::find(real.drawn, wished) != real.drawn.end() ? 1 : 0;
  }
  EXPECT_GT(suits, 15);
  EXPECT_LT(suits_now, suits / 2) << "what suited them must be drawn no more often than 5 times in 26";
}

TEST(Draw, IsNotSteeredByEntriesOfTheOverseersOwn) {
  const DrawFrame frame = a_frame();
  const Draw draw = *make_draw(frame, kSecret, facts_for(frame));
  auto log = log_with(frame);
  for (int i = 0; i < 50; ++i) {
    log[kEntered + 1] = entry_text(5'000 + i);
    log.back() = entry_text(6'000 + i);
    log.push_back(entry_text(7'000 + i));
    EXPECT_EQ(make_draw(frame, kSecret, facts_for(frame, log)).value(), draw);
  }
}

TEST(Draw, CountsTheFirstOfSeveralFramesAnswersAndResults) {
  const DrawFrame frame = a_frame();
  const Draw draw = *make_draw(frame, kSecret, facts_for(frame));
  auto log = log_with(frame);
  log.push_back(draw_text(commitment_of(telling_of(frame))));
  log.push_back(answer_text(some_hash(8), log.size() - 1));
  log.push_back(answer_text(some_hash(9), kEntered));
  EXPECT_EQ(make_draw(frame, kSecret, facts_for(frame, log)).value(), draw);
  EXPECT_EQ(facts_for(frame, log).frames(), 2U);
  EXPECT_EQ(facts_for(frame, log).undrawn(), 2U);
  log.push_back(draw_text(commitment_of(telling_of(draw)), kEntered));
  EXPECT_TRUE(check_draw(draw, facts_for(frame, log)));
  EXPECT_EQ(facts_for(frame, log).undrawn(), 1U);
  log.back() = draw_text(some_hash(10), kEntered);
  EXPECT_EQ(check_draw(draw, facts_for(frame, log)).error().code, Code::kCorrupt);
}

TEST(Draw, TakesNoFrameOfALogThatWasLongerThanItsPlace) {
  const DrawFrame frame = a_frame(kSecret, 124);
  EXPECT_EQ(make_draw(frame, kSecret, facts_for(frame)).error().code, Code::kCorrupt);
}

TEST(Draw, TurnsOnTheSecretTheFrameAndTheAnswer) {
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
  Draw early = draw;
  early.entered = 99;
  EXPECT_FALSE(draw_from_text(to_text(early)));
  DrawFrame beyond = frame;
  beyond.to = 101;
  EXPECT_FALSE(draw_frame_from_text(to_text(beyond)));
  EXPECT_FALSE(draw_from_text(to_text(frame)));
}

}  // namespace
}  // namespace seawall
