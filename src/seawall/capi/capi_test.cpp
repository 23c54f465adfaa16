#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "seawall.h"

namespace {

std::vector<uint8_t> picture(int side, unsigned seed) {
  std::vector<uint8_t> rgb(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3);
  unsigned state = seed;
  for (std::size_t i = 0; i < rgb.size(); ++i) {
    if (i % 48 == 0) state = state * 1664525U + 1013904223U;
    rgb[i] = static_cast<uint8_t>(state >> 24);
  }
  return rgb;
}

seawall_pdq hash_of(const std::vector<uint8_t>& rgb, int side) {
  seawall_pdq pdq{};
  EXPECT_EQ(seawall_pdq_hash(rgb.data(), side, side, side * 3, SEAWALL_RGB24, &pdq), SEAWALL_OK);
  return pdq;
}

TEST(CApi, TextRoundTrips) {
  const auto pdq = hash_of(picture(128, 1), 128);
  char text[65];
  seawall_pdq_to_text(&pdq, text);
  seawall_pdq read{};
  ASSERT_EQ(seawall_pdq_from_text(text, &read), SEAWALL_OK);
  EXPECT_EQ(seawall_pdq_distance(&pdq, &read), 0);
  EXPECT_EQ(std::string(text).size(), 64U);
}

TEST(CApi, RefusesBadArgumentsWithASentence) {
  seawall_pdq pdq{};
  const uint8_t pixel[3] = {};
  EXPECT_EQ(seawall_pdq_hash(nullptr, 1, 1, 3, SEAWALL_RGB24, &pdq), SEAWALL_INVALID_INPUT);
  EXPECT_NE(std::string(seawall_last_error()), "");
  EXPECT_EQ(seawall_pdq_hash(pixel, 0, 1, 3, SEAWALL_RGB24, &pdq), SEAWALL_INVALID_INPUT);
  EXPECT_EQ(seawall_pdq_hash(pixel, 2, 1, 3, SEAWALL_RGB24, &pdq), SEAWALL_INVALID_INPUT);
  EXPECT_EQ(seawall_pdq_hash(pixel, 1, 1, 3, 9, &pdq), SEAWALL_INVALID_INPUT);
  EXPECT_EQ(seawall_pdq_hash(pixel, 1, 1, 3, SEAWALL_RGB24, nullptr), SEAWALL_INVALID_INPUT);
  EXPECT_EQ(seawall_pdq_from_text("12", &pdq), SEAWALL_INVALID_INPUT);
  EXPECT_EQ(seawall_pdq_from_text(std::string(65, '0').c_str(), &pdq), SEAWALL_INVALID_INPUT);
  EXPECT_EQ(seawall_index_open("/nonexistent/folder/index", nullptr), SEAWALL_INVALID_INPUT);
}

TEST(CApi, FindsWhatWasAddedAndForgetsWhatWasRemoved) {
  seawall_index* index = nullptr;
  ASSERT_EQ(seawall_index_open(nullptr, &index), SEAWALL_OK);
  const auto a = hash_of(picture(128, 1), 128);
  const auto b = hash_of(picture(128, 2), 128);
  const seawall_pdq pdqs[] = {a, b};
  const uint64_t ids[] = {7, 9};
  ASSERT_EQ(seawall_index_add(index, pdqs, ids, 2), SEAWALL_OK);
  EXPECT_EQ(seawall_index_size(index), 2U);

  seawall_matches matches{};
  ASSERT_EQ(seawall_index_match(index, &b, 0, 0, &matches), SEAWALL_OK);
  ASSERT_EQ(matches.count, 1U);
  EXPECT_EQ(matches.items[0].id, 9U);
  EXPECT_EQ(matches.items[0].distance_bits, 0);
  seawall_matches_free(&matches);

  ASSERT_EQ(seawall_index_match(index, &b, 256, 1, &matches), SEAWALL_OK);
  EXPECT_EQ(matches.count, 1U);
  seawall_matches_free(&matches);

  ASSERT_EQ(seawall_index_remove(index, &ids[1], 1), SEAWALL_OK);
  ASSERT_EQ(seawall_index_match(index, &b, 0, 0, &matches), SEAWALL_OK);
  EXPECT_EQ(matches.count, 0U);
  EXPECT_EQ(seawall_index_match(index, &b, 257, 0, &matches), SEAWALL_INVALID_INPUT);
  const uint64_t zero = 0;
  EXPECT_EQ(seawall_index_add(index, pdqs, &zero, 1), SEAWALL_INVALID_INPUT);
  seawall_index_free(index);
}

TEST(CApi, TheFirstDihedralHashIsThePlainOne) {
  const auto rgb = picture(200, 3);
  seawall_pdq all[8];
  ASSERT_EQ(seawall_pdq_hash_dihedral(rgb.data(), 200, 200, 600, SEAWALL_RGB24, all), SEAWALL_OK);
  const auto plain = hash_of(rgb, 200);
  EXPECT_EQ(seawall_pdq_distance(&all[0], &plain), 0);
}

}  // namespace
