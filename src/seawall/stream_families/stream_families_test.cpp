#include "seawall/stream_families/stream_families.h"

#include <gtest/gtest.h>

#include <set>

#include "seawall/base/system_clock.h"

namespace seawall {
namespace {

struct NoSink final : PollSink {
  void on_segment(LiveSegment) override {}
  void on_event(const StreamEvent&) override {}
};

TEST(StreamFamilies, EachOpensAndEachSchemeStandsOnceAndInTheText) {
  const SystemClock clock;
  auto families = StreamFamilies::open(clock, {});
  ASSERT_TRUE(families.has_value()) << families.error().message;
  NoSink sink;
  std::set<std::string> schemes;
  for (const StreamFamily& row : (*families)->rows()) {
    const auto source = row.open(sink);
    ASSERT_TRUE(source.has_value()) << source.error().message;
    for (const std::string& scheme : row.schemes) {
      EXPECT_TRUE(schemes.insert(scheme).second) << scheme;
      EXPECT_NE(stream_schemes_text().find(scheme + "://"), std::string_view::npos) << scheme;
      const auto refused = (*source)->add({.url = "gopher://no-such-scheme/x"});
      ASSERT_FALSE(refused.has_value());
      EXPECT_EQ(refused.error().message.find("no-such-scheme"), std::string::npos);
    }
  }
  EXPECT_TRUE(schemes.contains("https"));
}

TEST(StreamFamilies, AFileOfAuthoritiesThatIsNotThereIsTold) {
  const SystemClock clock;
  EXPECT_FALSE(StreamFamilies::open(clock, {.ca_file = "/nonexistent/authorities.pem"}).has_value());
}

}  // namespace
}  // namespace seawall
