#include "seawall/api/media_asks.h"

#include <gtest/gtest.h>

#include "seawall/api/padded_body.h"

namespace seawall {
namespace {

constexpr std::string_view kHash = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

/// `text` with H for a hash.
JsonRead<CompareAsk> compared(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == 'H' ? "\"" + std::string(kHash) + "\"" : std::string(1, c);
  return compare_from_json(PaddedBody(out).text());
}

std::string place(const JsonRead<CompareAsk>& ask) { return ask ? "none" : ask.error().at; }

TEST(MediaAsks, AComparisonIsOfHashesOrAddresses) {
  const auto ask =
      compared(R"({"a":{"pdq":H},"b":{"url":"https://x.example/1"},"radius":12,"profile":"thorough"})");
  ASSERT_TRUE(ask) << ask.error().at << ask.error().detail;
  ASSERT_TRUE(ask->a.pdq);
  EXPECT_EQ(to_text(*ask->a.pdq), kHash);
  EXPECT_FALSE(ask->b.pdq);
  EXPECT_EQ(ask->b.url, "https://x.example/1");
  EXPECT_EQ(ask->radius_bits, 12);
  EXPECT_EQ(ask->profile, VariantProfile::kThorough);
  const auto usual = compared(R"({"a":{"pdq":H},"b":{"pdq":H}})");
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->radius_bits, 31);
  EXPECT_EQ(usual->profile, VariantProfile::kDefault);
}

TEST(MediaAsks, WhatIsNoComparisonIsNamedByItsPlace) {
  EXPECT_EQ(place(compared(R"({"a":{"pdq":H}})")), "/b");
  EXPECT_EQ(place(compared(R"({"a":H,"b":{"pdq":H}})")), "/a");
  EXPECT_EQ(place(compared(R"({"a":{},"b":{"pdq":H}})")), "/a");
  EXPECT_EQ(place(compared(R"({"a":{"pdq":H,"url":"https://x.example"},"b":{"pdq":H}})")), "/a");
  EXPECT_EQ(place(compared(R"({"a":{"pdq":"f8"},"b":{"pdq":H}})")), "/a/pdq");
  EXPECT_EQ(place(compared(R"({"a":{"pdq":7},"b":{"pdq":H}})")), "/a/pdq");
  EXPECT_EQ(place(compared(R"({"a":{"pdq":H},"b":{"url":""}})")), "/b/url");
  EXPECT_EQ(place(compared(R"({"a":{"pdq":H},"b":{"md5":"x"}})")), "/b/md5");
  EXPECT_EQ(place(compared(R"({"a":{"pdq":H},"b":{"pdq":H},"radius":257})")), "/radius");
  EXPECT_EQ(place(compared(R"({"a":{"pdq":H},"b":{"pdq":H},"profile":"x"})")), "/profile");
}

TEST(MediaAsks, AnAddressToHashStandsAlone) {
  EXPECT_EQ(hash_url_from_json(PaddedBody(R"({"url":"https://x.example/1"})").text()).value(),
            "https://x.example/1");
  for (const std::string& text :
       {std::string("{}"), std::string(R"({"url":7})"), std::string(R"({"url":"x","b":1})"),
        R"({"url":")" + std::string(2049, 'x') + "\"}"}) {
    EXPECT_FALSE(hash_url_from_json(PaddedBody(text).text())) << text.substr(0, 40);
  }
}

}  // namespace
}  // namespace seawall
