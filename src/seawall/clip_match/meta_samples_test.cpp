#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "seawall/clip_match/clip_matcher.h"
#include "seawall/video_print/vpdq.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

/// Meta's own sample hashes are in its repository, not here: whoever has a copy names it. Two videos (a
/// chair, a pattern) with and without bars, with logos, in grey and sepia, cut shorter, at two sizes; and two
/// more videos.
TEST(ClipMatcher, MetasSampleVideosAreFoundInTheirEditsAndInNoOther) {
  const char* root = std::getenv("SEAWALL_THREATEXCHANGE");
  if (root == nullptr) GTEST_SKIP() << "SEAWALL_THREATEXCHANGE names no copy of facebook/ThreatExchange";
  const std::filesystem::path folder = std::string(root) + "/vpdq/sample-hashes";
  const auto sample = [&](const std::string& name) {
    std::stringstream text;
    text << std::ifstream(folder / name).rdbuf();
    return track_of(*read_vpdq_text(text.str()));
  };
  const std::vector<std::string> originals = {"chair-orig-22-hd-no-bar.txt", "chair-orig-22-sd-bar.txt",
                                              "pattern-hd-no-bar.txt",       "pattern-sd-grey-bar.txt",
                                              "doorknob-hd-no-bar.txt",      "test-padded-dimensions.txt"};
  auto index = *ClipIndex::make();
  for (std::size_t i = 0; i < originals.size(); ++i)
    ASSERT_TRUE(index->add(ClipId{static_cast<std::uint32_t>(i) + 1}, *prune(sample(originals[i]))));
  int asked = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".txt") continue;
    const std::string name = file.path().filename();
    const HashTrack whole = sample(name);
    for (std::size_t phase = 0; phase < 30; phase += 6) {  // One frame a second of thirty.
      HashTrack query;
      for (std::size_t i = phase; i < whole.hashes.size(); i += 30) query.hashes.push_back(whole.hashes[i]);
      const auto answer = ClipMatcher(*index).match(query);
      ASSERT_TRUE(answer);
      ClipTier best = ClipTier::kNone;
      for (const ClipMatch& match : answer->matches) {
        EXPECT_EQ(originals[static_cast<std::uint32_t>(match.clip) - 1].substr(0, 4), name.substr(0, 4));
        best = std::max(best, match.tier);
      }
      EXPECT_GE(best, ClipTier::kTwoAligned) << name << " from frame " << phase;
      ++asked;
    }
  }
  EXPECT_GE(asked, 145);
}

}  // namespace
