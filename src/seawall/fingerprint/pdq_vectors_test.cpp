#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "seawall/fingerprint/detail/generated_picture.h"
#include "seawall/fingerprint/detail/textbook_pdq.h"
#include "seawall/fingerprint/pdq.h"

namespace seawall {
namespace {

nlohmann::json read_vectors() {
  std::ifstream file(std::string(SEAWALL_TEST_DATA) + "/pdq_generated.json");
  return nlohmann::json::parse(file).at("vectors");
}

testing::PictureRecipe recipe_of(const nlohmann::json& vector) {
  return {.seed = vector.at("seed"),
          .grid = vector.at("grid"),
          .noise = vector.at("noise"),
          .width_px = vector.at("width"),
          .height_px = vector.at("height"),
          .channels = vector.at("channels")};
}

std::string mixed(const std::vector<std::uint8_t>& bytes) {
  std::uint64_t s = 0;
  for (const std::uint8_t byte : bytes) s = testing::mix(s ^ byte);
  std::array<char, 17> text{};
  (void)std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(s));
  return text.data();
}

// The reference's answers for 78 generated pictures: 1 x 1 to 4032 x 3024, gray and RGB.
TEST(PdqVectors, EqualTheReferenceInHashQualityAndAllEightSymmetries) {
  const nlohmann::json vectors = read_vectors();
  ASSERT_EQ(vectors.size(), 78U);
  for (const auto& vector : vectors) {
    const testing::PictureRecipe recipe = recipe_of(vector);
    SCOPED_TRACE(vector.dump().substr(0, 120));
    const std::vector<std::uint8_t> bytes = testing::generate_picture(recipe);
    ASSERT_EQ(mixed(bytes), vector.at("pixels_mix"));
    const PixelView view = testing::view_of(bytes, recipe);
    const PdqHash hash = pdq_hash(view);
    EXPECT_EQ(to_text(hash.bits), vector.at("pdq"));
    EXPECT_EQ(hash.quality, vector.at("quality"));
    const auto all = pdq_dihedral(pdq_spectrum(pdq_grid(view)));
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(to_text(all[i].bits), vector.at("dihedral").at(i)) << name_of(static_cast<Dihedral>(i));
      EXPECT_EQ(all[i].quality, vector.at("quality"));
    }
  }
}

TEST(PdqVectors, UpToOneMegapixelEqualTheTextbookTwinToo) {
  for (const auto& vector : read_vectors()) {
    const testing::PictureRecipe recipe = recipe_of(vector);
    if (recipe.width_px * recipe.height_px > 1'000'000) continue;
    const std::vector<std::uint8_t> bytes = testing::generate_picture(recipe);
    const PdqHash hash = textbook::hash(testing::view_of(bytes, recipe));
    EXPECT_EQ(to_text(hash.bits), vector.at("pdq"));
    EXPECT_EQ(hash.quality, vector.at("quality"));
  }
}

}  // namespace
}  // namespace seawall
