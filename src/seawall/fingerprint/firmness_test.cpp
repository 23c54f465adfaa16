// Which spectra of scaled pictures may stand for the exact ones.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "seawall/fingerprint/detail/generated_picture.h"
#include "seawall/fingerprint/pdq.h"

namespace seawall {
namespace {

/// Coefficients 0, step, 2 step, ... in a mixed order: value 127 step is the lower median.
PdqSpectrum ladder(float step, int quality) {
  PdqSpectrum spectrum;
  spectrum.quality = quality;
  for (std::size_t k = 0; k < 256; ++k) spectrum.dct[(k * 37) % 256] = step * static_cast<float>(k);
  return spectrum;
}

TEST(Firmness, CountsTheBitsWithinTheErrorIncludingTheMedianItself) {
  const PdqSpectrum spectrum = ladder(1, 100);
  EXPECT_EQ(pdq_unfirm_bits(spectrum, 0), 1);
  EXPECT_EQ(pdq_unfirm_bits(spectrum, 0.99F), 1);
  EXPECT_EQ(pdq_unfirm_bits(spectrum, 1), 3);
  EXPECT_EQ(pdq_unfirm_bits(spectrum, 10.5F), 21);
  EXPECT_EQ(pdq_unfirm_bits(spectrum, 1000), 256);
  EXPECT_EQ(pdq_unfirm_bits(PdqSpectrum{}, 0), 256);
}

TEST(Firmness, BoundsTheBitsThatErrorsOfThatSizeCanTurn) {
  const unsigned seed = 20240612;
  RecordProperty("seed", static_cast<int>(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    PdqSpectrum before = ladder(0, 100);
    for (float& value : before.dct) value = std::normal_distribution<float>(0, 20)(random);
    const float error = std::uniform_real_distribution<float>(0, 3)(random);
    PdqSpectrum after = before;
    for (float& value : after.dct) value += std::uniform_real_distribution<float>(-error, error)(random);
    const int bits = hamming_distance(pdq_hash(before).bits, pdq_hash(after).bits);
    // The median moves by at most `error` too.
    EXPECT_LE(bits, pdq_unfirm_bits(before, 2 * error)) << "round " << round;
  }
}

TEST(Firmness, DistrustsQualitiesWithinFiveOfTheGate) {
  for (int quality = 0; quality <= 100; ++quality) {
    const bool near = quality >= kPdqQualityMin - 5 && quality <= kPdqQualityMin + 5;
    EXPECT_EQ(is_firm(ladder(1, quality)), !near) << quality;
  }
}

TEST(Firmness, DistrustsSpectraThatAreDenseAroundTheMedian) {
  EXPECT_TRUE(is_firm(ladder(0.2F, 100)));    // error 0.2 + 0.006 * 64 * 0.2 = 0.28: three bits
  EXPECT_FALSE(is_firm(ladder(0.02F, 100)));  // error 0.21: twenty-one
  EXPECT_FALSE(is_firm(PdqSpectrum{.dct = {}, .quality = 100}));
}

TEST(Firmness, TrustsNaturalPicturesAndDistrustsGradients) {
  int firm = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const testing::PictureRecipe recipe{
        .seed = seed, .grid = 40, .noise = 7, .width_px = 320, .height_px = 240, .channels = 1};
    const auto bytes = testing::generate_picture(recipe);
    firm += is_firm(pdq_spectrum(pdq_grid(testing::view_of(bytes, recipe)))) ? 1 : 0;
  }
  EXPECT_GE(firm, 16);
  std::vector<std::uint8_t> ramp;
  for (int i = 0; i < 320 * 240; ++i) ramp.push_back(static_cast<std::uint8_t>(i % 320 * 255 / 319));
  EXPECT_FALSE(is_firm(pdq_spectrum(pdq_grid(PixelView{ramp.data(), 320, 240, 320, PixelLayout::kGray8}))));
}

}  // namespace
}  // namespace seawall
