#include "seawall/service/query.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

TEST(Query, ReadsWhatIsAskedForAndRefusesTheRest) {
  auto query = Query::of("/v1/match?id=post%2017&banks=a&banks=b+c&radius=31&timings=true");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->text("id", 128).value(), "post 17");
  EXPECT_EQ(query->all("banks", 64, 200).value(), (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(query->number("radius", 0, 256).value(), 31);
  EXPECT_EQ(query->flag("timings").value(), true);
  EXPECT_EQ(query->text("place", 128).value(), std::nullopt);
  EXPECT_TRUE(query->finish());
  auto other = Query::of("/?radias=3");
  ASSERT_TRUE(other);
  const auto refused = other->finish();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().faults.at(0).at, "?radias");
  EXPECT_EQ(refused.error().kind, ProblemKind::kInvalidInput);
}

TEST(Query, NeverRepeatsWhatNoNameOrValueOfOursIs) {
  const std::string secret = "deadbeefdeadbeefdeadbeefdeadbeef";
  auto unknown = Query::of("/?" + secret + "=1");
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->finish().error().detail.find(secret), std::string::npos);
  auto wrong = Query::of("/?radius=" + secret);
  ASSERT_TRUE(wrong);
  const auto number = wrong->number("radius", 0, 256);
  ASSERT_FALSE(number);
  EXPECT_EQ(number.error().detail.find(secret), std::string::npos);
}

TEST(Query, RefusesWhatTwoReadersCouldTakeDifferently) {
  for (const char* target : {"/?a=%", "/?a=%4", "/?a=%zz", "/?a=%ff", "/?a=%00"}) {
    EXPECT_FALSE(Query::of(target)) << target;
  }
  auto twice = Query::of("/?id=a&id=b");
  ASSERT_TRUE(twice);
  EXPECT_FALSE(twice->text("id", 128));
  std::string many = "/?";
  for (std::size_t i = 0; i <= Query::kParametersMax; ++i) many += "a=1&";
  EXPECT_FALSE(Query::of(many));
  for (const char* value : {"", "31x", " 31", "-1", "257", "0x1f", "99999999999999999999"}) {
    auto query = Query::of(std::string("/?radius=") + value);
    ASSERT_TRUE(query);
    EXPECT_FALSE(query->number("radius", 0, 256)) << value;
  }
  auto flag = Query::of("/?timings=yes");
  ASSERT_TRUE(flag);
  EXPECT_FALSE(flag->flag("timings"));
}

}  // namespace
}  // namespace seawall
