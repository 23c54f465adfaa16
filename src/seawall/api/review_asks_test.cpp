#include "seawall/api/review_asks.h"

#include <gtest/gtest.h>

#include "seawall/api/padded_body.h"

namespace seawall {
namespace {

template <class T>
std::string fault(JsonRead<T> (*read)(std::string_view), std::string_view text) {
  const auto done = read(PaddedBody(text).text());
  return done ? "none" : done.error().at;
}

TEST(Grading, IsOfTheWholeClusterUnlessItSaysOtherwise) {
  const auto plain = grading_from_json(PaddedBody(R"({"grade":"confirmed"})").text());
  ASSERT_TRUE(plain);
  EXPECT_TRUE(plain->whole_cluster);
  const auto one = grading_from_json(PaddedBody(R"({"grade":"unsure","scope":"item"})").text());
  EXPECT_FALSE(one->whole_cluster);
}

TEST(Grading, HoldsAnEntryBackOnlyForAFalseMatchAndWithAReason) {
  EXPECT_EQ(fault(&grading_from_json, R"({"grade":"confirmed","quarantine":true,"why":"x"})"), "/quarantine");
  EXPECT_EQ(fault(&grading_from_json, R"({"grade":"not-a-match","quarantine":true})"), "/why");
  EXPECT_EQ(fault(&grading_from_json, R"({"grade":"not-a-match","quarantine":true,"why":"a logo"})"), "none");
}

TEST(Grading, TakesNoClassificationThatItsSchemeHasNot) {
  EXPECT_EQ(
      fault(&grading_from_json, R"({"grade":"confirmed","classification":{"scheme":"uk","value":"Z"}})"),
      "/classification/value");
}

TEST(Limits, NameAtLeastOneAndLeaveTheRest) {
  EXPECT_EQ(fault(&own_limits_from_json, "{}"), "");
  EXPECT_EQ(fault(&own_limits_from_json, R"({"stills":-1})"), "/stills");
  EXPECT_EQ(fault(&house_limits_from_json, R"({"stills":1})"), "/why");
  const auto ask = own_limits_from_json(PaddedBody(R"({"stills":3})").text());
  ExposureLimits wanted = exposure_floor();
  wanted.stills = 3;
  EXPECT_EQ(ask->over(exposure_floor()), wanted);
}

TEST(Viewing, IsOfAStillThatThereCanBe) {
  EXPECT_EQ(fault(&viewing_from_json, R"({"still":0,"rendered":true})"), "/still");
  EXPECT_EQ(fault(&viewing_from_json, R"({"still":1,"rendered":true,"revealed_ms":3600001})"),
            "/revealed_ms");
}

}  // namespace
}  // namespace seawall
