#include "seawall/video_print/tmk.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>
#include <string>

#include "video/generated_walk.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

float number(std::uint64_t seed) {
  return static_cast<float>(generated::mix(seed) >> 40) / float(1 << 23) - 1;
}

/// The signal of a generated video of `frames` frames, made as the TMK paper and Meta's description say: sums
/// of unit frame features times cosines and sines, then unit vectors times the root of the coefficient.
/// `from`: which frame of the video comes first.
TmkPrint textbook_print(std::uint64_t seed, int frames, int from = 0) {
  constexpr std::size_t kWidth = 16;
  TmkPrint print;
  print.frame_count = frames;
  print.periods = {97, 211};
  print.coefficients = {0.3F, 0.25F, 0.2F, 0.1F, 0.05F};
  const std::size_t terms = print.coefficients.size();
  print.average.assign(kWidth, 0);
  print.cosines.assign(2 * terms * kWidth, 0);
  print.sines.assign(2 * terms * kWidth, 0);
  for (int t = 0; t < frames; ++t) {
    std::array<float, kWidth> feature{};
    float norm = 0;
    for (std::size_t k = 0; k < kWidth; ++k) {
      feature[k] = number(seed * 1'000'003 + static_cast<std::uint64_t>(from + t) * kWidth + k) +
                   2 * number(seed * 77 + k);  // Neighbouring frames share something, as in videos.
      norm += feature[k] * feature[k];
    }
    for (std::size_t k = 0; k < kWidth; ++k) {
      print.average[k] += feature[k] / static_cast<float>(frames);
      for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t j = 0; j < terms; ++j) {
          const double angle = 2 * std::numbers::pi * static_cast<double>(j) * t / print.periods[i];
          const std::size_t at = (i * terms + j) * kWidth + k;
          print.cosines[at] += feature[k] / std::sqrt(norm) * static_cast<float>(std::cos(angle));
          if (j > 0) print.sines[at] += feature[k] / std::sqrt(norm) * static_cast<float>(std::sin(angle));
        }
      }
    }
  }
  for (auto* features : {&print.cosines, &print.sines}) {
    for (std::size_t at = 0; at < features->size(); at += kWidth) {
      double norm = 0;
      for (std::size_t k = 0; k < kWidth; ++k) norm += std::pow((*features)[at + k], 2);
      if (norm == 0) continue;
      const double scale = std::sqrt(print.coefficients[at / kWidth % terms]) / std::sqrt(norm);
      for (std::size_t k = 0; k < kWidth; ++k) (*features)[at + k] *= static_cast<float>(scale);
    }
  }
  return print;
}

/// Level 2 term by term, as the description has it.
double textbook_level2(const TmkPrint& a, const TmkPrint& b) {
  const std::size_t width = a.dimension();
  const std::size_t terms = a.coefficients.size();
  double scale = 0;
  for (std::size_t j = 0; j < terms; ++j) scale += (j == 0 ? 1 : 2) * static_cast<double>(a.coefficients[j]);
  double best = -1e9;
  for (std::size_t i = 0; i < a.periods.size(); ++i) {
    for (int offset = 0; offset < a.periods[i]; ++offset) {
      double sum = 0;
      for (std::size_t j = 0; j < terms; ++j) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(j) * offset / a.periods[i];
        for (std::size_t k = 0; k < width; ++k) {
          const std::size_t at = (i * terms + j) * width + k;
          const double cos_a = a.cosines[at];
          const double sin_a = a.sines[at];
          const double cos_b = b.cosines[at];
          const double sin_b = b.sines[at];
          sum += j == 0 ? cos_a * cos_b
                        : std::cos(angle) * (cos_a * cos_b + sin_a * sin_b) +
                              std::sin(angle) * (sin_a * cos_b - cos_a * sin_b);
        }
      }
      best = std::max(best, sum);
    }
  }
  return best / scale;
}

TEST(Tmk, AFileGivesBackWhatWasWritten) {
  const TmkPrint print = textbook_print(1, 200);
  const auto file = write_tmk(print);
  const auto again = read_tmk(file);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, print);
  EXPECT_EQ(write_tmk(*again), file);
}

TEST(Tmk, TheUsualSizeHas263344Bytes) {
  TmkPrint print;
  print.periods.assign(4, 2731);
  print.coefficients.assign(32, 0.1F);
  print.average.assign(256, 1);
  print.cosines.assign(4 * 32 * 256, 0);
  print.sines = print.cosines;
  EXPECT_EQ(write_tmk(print).size(), 263'344U);
}

TEST(Tmk, AVideoScoresOneWithItself) {
  const TmkPrint print = textbook_print(2, 300);
  const auto result = tmk_compare(print, print);
  ASSERT_TRUE(result);
  EXPECT_NEAR(result->level1, 1, 1e-6);
  EXPECT_NEAR(result->level2, 1, 1e-5);
  EXPECT_TRUE(result->is_match);
  EXPECT_EQ(result->best_offsets_frames, (std::vector{0, 0}));
}

TEST(Tmk, Level2EqualsTheTextbookOnOtherVideosToo) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const TmkPrint a = textbook_print(seed, 250);
    const TmkPrint b = textbook_print(seed % 2 == 0 ? seed : seed + 100, 230, 20);
    const auto result = tmk_compare(a, b, {.level1_min = -1});
    ASSERT_TRUE(result && result->level2_computed);
    EXPECT_NEAR(result->level2, textbook_level2(a, b), 1e-9) << "seed " << seed;
  }
}

TEST(Tmk, AnOtherVideoFailsAtLevelOneAndLevelTwoIsNotComputed) {
  const auto result = tmk_compare(textbook_print(3, 200), textbook_print(4, 200));
  ASSERT_TRUE(result);
  EXPECT_LT(result->level1, 0.7);
  EXPECT_FALSE(result->level2_computed);
  EXPECT_FALSE(result->is_match);
}

TEST(Tmk, SignalsOfOtherParametersAreNotCompared) {
  TmkPrint other = textbook_print(3, 200);
  other.frames_per_second = 30;
  EXPECT_FALSE(tmk_compare(textbook_print(3, 200), other));
  other = textbook_print(3, 200);
  other.cosines.pop_back();
  EXPECT_FALSE(tmk_compare(other, other)) << "features that are missing must not be read";
}

TEST(Tmk, FilesThatAreWrongAreRefused) {
  const auto file = write_tmk(textbook_print(1, 50));
  const auto refused = [](std::vector<std::byte> bytes) { return !read_tmk(bytes); };
  for (std::size_t size = 0; size < file.size(); ++size)
    ASSERT_TRUE(refused({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)})) << size;
  auto longer = file;
  longer.push_back(std::byte{0});
  EXPECT_TRUE(refused(longer));
  auto infinite = file;
  for (std::size_t i = file.size() - 4; i < file.size(); ++i) infinite[i] = std::byte{0xff};
  EXPECT_TRUE(refused(infinite));
  auto other = file;
  other[8] = std::byte{'X'};
  EXPECT_EQ(read_tmk(other).error().code, Code::kUnsupported);
  auto huge = file;
  huge[19] = std::byte{0x7f};  // The number of periods.
  EXPECT_EQ(read_tmk(huge).error().code, Code::kLimitExceeded);
}

/// See vpdq_test.cpp. What matches what is told by the names: "chair-...", "pattern-...", "doorknob-...".
TEST(Tmk, MetasSamplesAreGivenBackByteForByteAndMatchTheirOwnKind) {
  const char* root = std::getenv("SEAWALL_THREATEXCHANGE");
  if (root == nullptr) GTEST_SKIP() << "SEAWALL_THREATEXCHANGE names no copy of facebook/ThreatExchange";
  std::vector<std::pair<std::string, TmkPrint>> samples;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(root) + "/tmk/sample-hashes")) {
    if (entry.path().extension() != ".tmk") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> chars{std::istreambuf_iterator<char>(file), {}};
    const auto bytes = std::as_bytes(std::span(chars));
    const auto print = read_tmk(bytes);
    ASSERT_TRUE(print) << entry.path() << print.error().message;
    EXPECT_TRUE(std::ranges::equal(write_tmk(*print), bytes)) << entry.path();
    samples.emplace_back(entry.path().filename(), *print);
  }
  ASSERT_EQ(samples.size(), 15U);
  for (const auto& [name, print] : samples) {
    for (const auto& [other, others] : samples) {
      const auto result = tmk_compare(print, others);
      ASSERT_TRUE(result);
      if (std::getenv("SEAWALL_PRINT_SCORES") != nullptr)
        std::printf("%s %s %.6f %.6f\n", name.c_str(), other.c_str(), result->level1, result->level2);
      if (name.substr(0, 4) != other.substr(0, 4)) {
        EXPECT_FALSE(result->is_match) << name << " " << other;
      }
      if (name == other) {
        EXPECT_TRUE(result->is_match) << name;
      }
    }
  }
}

}  // namespace
