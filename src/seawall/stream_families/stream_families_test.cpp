#include "seawall/stream_families/stream_families.h"

#include <gtest/gtest.h>

#include <algorithm>
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

TEST(StreamFamilies, AnAddressThatItsSourceWouldRefuseIsRefusedBefore) {
  const SystemClock clock;
  const auto families = *StreamFamilies::open(clock, {});
  const std::pair<std::string, bool> addresses[] = {{"https://secret.example/a.m3u8", true},
                                                    {"https://u:p@secret.example/a.m3u8", false},
                                                    {"rtmp://secret.example/app/name", true},
                                                    {"rtmp://secret.example/app", false},
                                                    {"rtmps://secret.example:1/a/b?key=1", true},
                                                    {"rtmp://secret.example//name", false},
                                                    {"rtsp://u:p%40@secret.example", true},
                                                    {"rtsp://u%4:p@secret.example/", false},
                                                    {"srt://secret.example:9000?streamid=a", true},
                                                    {"srt://secret.example?streamid=a", false},
                                                    {"srt://secret.example:9000?passphrase=short", false},
                                                    {"srt://secret.example:9000?mode=listener", false}};
  NoSink sink;
  for (const auto& [url, is_one] : addresses) {
    for (const StreamFamily& row : families->rows()) {
      const auto starts = [&](const std::string& scheme) { return url.starts_with(scheme + "://"); };
      if (std::ranges::none_of(row.schemes, starts)) continue;
      const auto checked = row.check(url);
      EXPECT_EQ(checked.has_value(), is_one) << url;
      EXPECT_EQ((*row.open(sink))->add({.url = url}).has_value(), is_one) << url;
      if (checked) continue;
      EXPECT_EQ(checked.error().code, Code::kInvalidInput);
      EXPECT_EQ(checked.error().message.find("secret"), std::string::npos);
    }
  }
}

TEST(StreamFamilies, AFileOfAuthoritiesThatIsNotThereIsTold) {
  const SystemClock clock;
  EXPECT_FALSE(StreamFamilies::open(clock, {.ca_file = "/nonexistent/authorities.pem"}).has_value());
}

}  // namespace
}  // namespace seawall
