#include "seawall/video_print/vpdq.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "video/generated_walk.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using generated::with_noise;

const std::string kHash(64, 'a');

std::vector<VpdqFeature> walk_features(std::uint64_t seed, int count, int noise_bits = 0) {
  HashTrack track;
  generated::append_showing(track, {seed},
                            {.end_us = count * 1'000'000LL, .step_us = 1'000'000, .noise_bits = noise_bits});
  return vpdq_of(track);
}

TEST(Vpdq, TextIsWrittenAsMetasProgramWritesIt) {
  const std::vector<VpdqFeature> features = {
      {0, 100, {}, 0}, {7, 3, {}, 1'234'567}, {8, 0, {}, 3'600'000'500}};
  const std::string zeros(64, '0');
  EXPECT_EQ(write_vpdq_text(features),
            "0,100," + zeros + ",0.000\n7,3," + zeros + ",1.235\n8,0," + zeros + ",3600.001\n");
}

TEST(Vpdq, TextGivesBackWhatWasWritten) {
  const auto features = walk_features(3, 50);
  const auto again = read_vpdq_text(write_vpdq_text(features));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, features);
}

TEST(Vpdq, TextTakesFurtherFieldsAndCarriageReturns) {
  const auto features = read_vpdq_text("3,50," + kHash + ",0.1,more,fields\r\n4,51," + kHash + ",1e1\r\n");
  ASSERT_TRUE(features) << features.error().message;
  ASSERT_EQ(features->size(), 2U);
  EXPECT_EQ((*features)[0].time_us, 100'000);
  EXPECT_EQ((*features)[1].time_us, 10'000'000);
}

TEST(Vpdq, TextThatIsWrongIsRefusedWithItsLine) {
  for (const std::string& line :
       {std::string("1,50," + kHash), std::string(""), "x,50," + kHash + ",0", "1,101," + kHash + ",0",
        "1,-1," + kHash + ",0", "1,50," + kHash.substr(1) + ",0", "1,50," + kHash + ",nan",
        "1,50," + kHash + ",inf", "1,50," + kHash + ",1s", "-1,50," + kHash + ",0"}) {
    const auto features = read_vpdq_text("0,100," + kHash + ",0.000\n" + line + "\n");
    ASSERT_FALSE(features) << line;
    EXPECT_NE(features.error().message.find("line 2"), std::string::npos) << features.error().message;
  }
  EXPECT_FALSE(read_vpdq_text(""));
}

TEST(Vpdq, JsonReadsWhatThePythonLibraryWrites) {
  // f"{t:.3}" of 0.0, 12.345, 123.456 and 3600.0.
  const auto features = read_vpdq(" [\"" + kHash + ",100,0.0\", \"" + kHash + ",99,12.3\",\n\"" + kHash +
                                  ",50,1.23e+02\", \"" + kHash + ",0,3.6e+03\"]");
  ASSERT_TRUE(features) << features.error().message;
  ASSERT_EQ(features->size(), 4U);
  EXPECT_EQ((*features)[1].time_us, 12'300'000);
  EXPECT_EQ((*features)[2].time_us, 123'000'000);
  EXPECT_EQ((*features)[3].time_us, 3'600'000'000);
  EXPECT_EQ((*features)[3].frame_number, -1);
  EXPECT_TRUE(read_vpdq("")->empty());
}

TEST(Vpdq, JsonGivesBackWhatWasWritten) {
  auto features = walk_features(4, 20);
  for (VpdqFeature& feature : features) feature.frame_number = -1;
  const auto again = read_vpdq_json(write_vpdq_json(features));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, features);
}

TEST(Vpdq, JsonThatIsWrongIsRefused) {
  for (const std::string& text : {std::string("{}"), std::string("[1]"), "[\"" + kHash + ",1\"]",
                                  "[\"" + kHash + ",1,-1\"]", "[\"" + kHash + ",1,0,0\"]", std::string("[")})
    EXPECT_FALSE(read_vpdq(text)) << text;
}

TEST(Vpdq, AMatchIsCountedFromBothSides) {
  const auto reference = walk_features(5, 10);
  auto query = walk_features(5, 5, 10);                                  // Half of the reference, altered,
  for (const auto& other : walk_features(6, 5)) query.push_back(other);  // and as much of something else.
  const VpdqComparison result = vpdq_compare(query, reference);
  EXPECT_EQ(result.query_percent, 50);
  EXPECT_EQ(result.reference_percent, 50);
  EXPECT_FALSE(result.is_match) << "the default asks for 80 % of the query";
  EXPECT_TRUE(vpdq_compare(query, reference, {.query_percent_min = 50}).is_match);
  EXPECT_FALSE(
      vpdq_compare(query, reference, {.query_percent_min = 50, .reference_percent_min = 51}).is_match);
}

TEST(Vpdq, TheDialectsDifferAtTheDistanceItselfAndInEqualHashes) {
  const Fingerprint256 bits = generated::Walk{9}.at(0);
  const std::vector<VpdqFeature> reference = {{0, 100, bits, 0}};
  const std::vector<VpdqFeature> at31 = {{0, 100, with_noise(bits, 31, 1), 0}};
  EXPECT_TRUE(vpdq_compare(at31, reference).is_match);
  EXPECT_FALSE(vpdq_compare(at31, reference, {.dialect = VpdqDialect::kCpp}).is_match);
  const std::vector<VpdqFeature> twice = {{0, 10, bits, 0}, {1, 100, bits, 1}, {2, 100, bits, 2}};
  EXPECT_EQ(vpdq_compare(twice, reference, {.dialect = VpdqDialect::kCpp}).query_frames, 2U);
  EXPECT_EQ(vpdq_compare(twice, reference).query_frames, 0U)
      << "the first of the equal ones is of low quality";
}

TEST(Vpdq, NoFramesAreNoMatch) {
  EXPECT_FALSE(vpdq_compare({}, {}, {.query_percent_min = 0}).is_match);
  EXPECT_FALSE(vpdq_compare(walk_features(1, 3), {}, {.query_percent_min = 0}).is_match);
}

/// Meta's own sample hashes are in its repository, not here: whoever has a copy names it.
TEST(Vpdq, MetasSamplesAreGivenBackByteForByteAndMatchAsTheirNamesSay) {
  const char* root = std::getenv("SEAWALL_THREATEXCHANGE");
  if (root == nullptr) GTEST_SKIP() << "SEAWALL_THREATEXCHANGE names no copy of facebook/ThreatExchange";
  std::vector<std::pair<std::string, std::vector<VpdqFeature>>> samples;
  for (const auto& file : std::filesystem::directory_iterator(std::string(root) + "/vpdq/sample-hashes")) {
    if (file.path().extension() != ".txt") continue;
    std::stringstream text;
    text << std::ifstream(file.path()).rdbuf();
    const auto features = read_vpdq_text(text.str());
    ASSERT_TRUE(features) << file.path();
    EXPECT_EQ(write_vpdq_text(*features), text.str()) << file.path();
    samples.emplace_back(file.path().filename(), *features);
  }
  ASSERT_GE(samples.size(), 29U);
  for (const auto& [name, features] : samples) {
    const std::string twin = name.substr(0, name.size() - 4) + "-128x128.txt";
    for (const auto& [other, others] : samples) {
      const bool same = name.substr(0, 4) == other.substr(0, 4);
      const VpdqComparison result = vpdq_compare(features, others);
      if (other == twin) {
        EXPECT_TRUE(result.is_match) << name << " " << result.query_percent;
      }
      if (!same) {
        EXPECT_EQ(result.query_matched, 0U) << name << " " << other;
      }
    }
  }
}

}  // namespace
