#include "seawall/video_print/tmk_maker.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "video/generated_walk.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

/// The features of a picture that moves: what frame `number` at 15 a second shows of scene `seed`.
std::vector<float> features_of(std::uint64_t seed, int number) {
  std::vector<float> features(TmkMaker::kDimension);
  for (std::size_t k = 0; k < features.size(); ++k) {
    const auto noise = [&](std::uint64_t at) {
      return static_cast<float>(generated::mix(seed * 1'000'003 + at * 1009 + k) >> 40) / float(1 << 23) - 1;
    };
    features[k] = 40 * noise(0) + 60 * noise(1 + static_cast<std::uint64_t>(number) / 8);
  }
  return features;
}

constexpr std::int64_t at(int frame, int rate = 15) { return std::int64_t{frame} * 1'000'000 / rate; }

TmkPrint print_of(std::uint64_t seed, int frames, int from = 0) {
  TmkMaker maker;
  for (int i = 0; i < frames; ++i) EXPECT_TRUE(maker.add(features_of(seed, from + i), at(i)));
  return *maker.finish(at(frames));
}

TEST(TmkMaker, UsesMetasParameters) {
  const TmkPrint print = print_of(1, 30);
  EXPECT_EQ(print.frames_per_second, 15);
  EXPECT_EQ(print.frame_count, 30);
  EXPECT_EQ(print.periods, (std::vector<std::int32_t>{2731, 4391, 9767, 14653}));
  ASSERT_EQ(print.coefficients.size(), 32U);
  // Some of those that Meta's program tabulates.
  EXPECT_NEAR(print.coefficients[0], 0.0708041893112, 1e-8);
  EXPECT_NEAR(print.coefficients[1], 0.13937789309, 1e-8);
  EXPECT_NEAR(print.coefficients[16], 0.0026467615764, 1e-10);
  EXPECT_NEAR(print.coefficients[31], 9.19087006565e-08, 1e-14);
  EXPECT_EQ(print.dimension(), 256U);
  EXPECT_EQ(write_tmk(print).size(), 263'344U);
}

TEST(TmkMaker, SumsAsTheTextbookSays) {
  constexpr int kFrames = 90;
  const TmkPrint print = print_of(7, kFrames);
  // Period 1 (4391), coefficient 5; and the average.
  std::vector<double> cosines(256);
  std::vector<double> sines(256);
  std::vector<double> average(256);
  for (int t = 0; t < kFrames; ++t) {
    const std::vector<float> features = features_of(7, t);
    double norm = 0;
    for (const float value : features) norm += static_cast<double>(value) * static_cast<double>(value);
    for (std::size_t k = 0; k < 256; ++k) {
      const double angle = 2 * std::numbers::pi * 5 * t / 4391;
      average[k] += static_cast<double>(features[k]) / kFrames;
      cosines[k] += static_cast<double>(features[k]) / std::sqrt(norm) * std::cos(angle);
      sines[k] += static_cast<double>(features[k]) / std::sqrt(norm) * std::sin(angle);
    }
  }
  const auto length = [](const std::vector<double>& v) {
    double sum = 0;
    for (const double value : v) sum += value * value;
    return std::sqrt(sum);
  };
  const double root = std::sqrt(static_cast<double>(print.coefficients[5]));
  for (std::size_t k = 0; k < 256; ++k) {
    const std::size_t at = (1 * 32 + 5) * 256 + k;
    EXPECT_NEAR(print.average[k], average[k], 1e-4);
    EXPECT_NEAR(print.cosines[at], cosines[k] / length(cosines) * root, 1e-6);
    EXPECT_NEAR(print.sines[at], sines[k] / length(sines) * root, 1e-6);
  }
}

TEST(TmkMaker, MatchesAVideoWithItselfAndWithAnExcerptAndNoOther) {
  const TmkPrint whole = print_of(1, 450);
  const auto same = tmk_compare(whole, whole);
  EXPECT_NEAR(same->level1, 1, 1e-6);
  EXPECT_NEAR(same->level2, 1, 1e-4);
  const auto excerpt = tmk_compare(print_of(1, 400, 50), whole);
  EXPECT_TRUE(excerpt->is_match) << excerpt->level1 << " " << excerpt->level2;
  EXPECT_FALSE(tmk_compare(print_of(2, 450), whole)->is_match);
}

TEST(TmkMaker, SamplesByTimeWhateverTheRateOfTheVideo) {
  const TmkPrint plain = print_of(1, 150);
  for (const int rate : {5, 30, 60}) {
    TmkMaker maker;
    for (int i = 0; i < 10 * rate; ++i) {
      const int shown = i * 15 / rate;  // What the video shows is the same.
      ASSERT_TRUE(maker.add(features_of(1, shown - shown % 8), at(i, rate)));
    }
    const auto print = maker.finish(10'000'000);
    EXPECT_EQ(print->frame_count, 150) << rate;
    const auto compared = tmk_compare(*print, plain);
    EXPECT_GT(compared->level1, 0.95) << rate;
    EXPECT_GT(compared->level2, 0.95) << rate;
  }
}

TEST(TmkMaker, AFrameThatStandsForLongIsWorthItsTimeAndCostsNoMore) {
  TmkMaker once;
  TmkMaker often;
  for (int i = 0; i < 400; ++i) {
    if (i % 100 == 0) {
      ASSERT_TRUE(once.add(features_of(1, i), at(i)));
    }
    ASSERT_TRUE(often.add(features_of(1, i - i % 100), at(i)));
  }
  const TmkPrint a = *once.finish(at(400));
  const TmkPrint b = *often.finish(at(400));
  ASSERT_EQ(a.frame_count, b.frame_count);
  for (std::size_t k = 0; k < a.cosines.size(); ++k) {
    EXPECT_NEAR(a.cosines[k], b.cosines[k], 1e-6);
    EXPECT_NEAR(a.sines[k], b.sines[k], 1e-6);
  }
  // Three frames in 24 days: 31 million slots.
  TmkMaker weeks;
  ASSERT_TRUE(weeks.add(features_of(1, 0), 0));
  ASSERT_TRUE(weeks.add(features_of(1, 8), TmkMaker::kTimeUsMax / 2));
  ASSERT_TRUE(weeks.add(features_of(1, 16), TmkMaker::kTimeUsMax));
  const auto print = weeks.finish(TmkMaker::kTimeUsMax);
  ASSERT_TRUE(print);
  EXPECT_EQ(print->frame_count, 32'212'255);
  const auto bytes = write_tmk(*print);
  EXPECT_TRUE(read_tmk(bytes));
}

TEST(TmkMaker, LeavesOutTimesThatDoNotRise) {
  TmkMaker maker;
  TmkMaker plain;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(maker.add(features_of(1, i), at(i)));
    ASSERT_TRUE(maker.add(features_of(9, i), at(i)));
    ASSERT_TRUE(maker.add(features_of(9, i), at(i / 2)));
    ASSERT_TRUE(plain.add(features_of(1, i), at(i)));
  }
  EXPECT_EQ(*maker.finish(at(20)), *plain.finish(at(20)));
}

TEST(TmkMaker, RefusesWhatIsNoFrame) {
  TmkMaker maker;
  EXPECT_EQ(maker.finish(1'000'000).error().code, Code::kInvalidInput);
  std::vector<float> features(256, 1);
  EXPECT_EQ(maker.add(features, -1).error().code, Code::kInvalidInput);
  EXPECT_EQ(maker.add(features, TmkMaker::kTimeUsMax + 1).error().code, Code::kLimitExceeded);
  EXPECT_EQ(maker.add(std::span(features).first(255), 0).error().code, Code::kInvalidInput);
  features[3] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(maker.add(features, 0).error().code, Code::kInvalidInput);
  features.assign(256, 0);  // A flat frame: no direction, no harm.
  ASSERT_TRUE(maker.add(features, 0));
  const auto print = maker.finish(0);
  ASSERT_TRUE(print);
  EXPECT_EQ(print->frame_count, 1);
  const auto bytes = write_tmk(*print);
  EXPECT_EQ(*read_tmk(bytes), *print);
}

}  // namespace
