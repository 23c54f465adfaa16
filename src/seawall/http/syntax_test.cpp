#include "seawall/http/syntax.h"

#include <gtest/gtest.h>

#include <random>

#include "seawall/net/http_time.h"

namespace seawall {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

TEST(HttpSyntax, TellsTokensFromOtherText) {
  EXPECT_TRUE(is_http_token("X-Request-Id"));
  for (const char* text : {"", "a b", "a:b", "a\r", "\"a\"", "a\x80"})
    EXPECT_FALSE(is_http_token(text)) << text;
}

TEST(HttpSyntax, FindsATokenInAListWithoutRegardToCase) {
  EXPECT_TRUE(http_list_has(" keep-alive ,\tClose", "close"));
  EXPECT_FALSE(http_list_has("closed, not-close", "close"));
  EXPECT_FALSE(http_list_has("", "close"));
}

TEST(HttpSyntax, TakesParametersApart) {
  HttpParameters parameters("form-data; name=\"a \\\" b\" ; filename=c.jpg");
  EXPECT_EQ(parameters.value(), "form-data");
  const auto name = parameters.next();
  ASSERT_TRUE(name);
  EXPECT_EQ(name->name, "name");
  EXPECT_EQ(name->value, "a \\\" b");
  EXPECT_TRUE(name->quoted);
  const auto file = parameters.next();
  ASSERT_TRUE(file);
  EXPECT_EQ(file->value, "c.jpg");
  EXPECT_TRUE(parameters.at_end());
}

TEST(HttpSyntax, RefusesParametersThatTwoReadersCouldReadDifferently) {
  for (const char* text : {"x; name=\"a", "x; name=\"a\\", "x; name", "x; =a", "x; na me=a", "x; name=a b",
                           "x;;", "x; name=\"a\" b=c"}) {
    HttpParameters parameters(text);
    bool refused = false;
    while (!refused && !parameters.at_end()) refused = !parameters.next();
    EXPECT_TRUE(refused) << text;
  }
}

TEST(HttpSyntax, ReadsIdempotencyKeysAsTheContractHasThem) {
  EXPECT_EQ(*idempotency_key("\"8e03978e40d543fd\""), "8e03978e40d543fd");
  EXPECT_EQ(*idempotency_key("a_b-C"), "a_b-C");
  EXPECT_TRUE(idempotency_key(std::string(64, 'a')));
  for (const auto& text : {std::string(), std::string("\"\""), std::string("\"a"), std::string("a b"),
                           std::string(65, 'a'), std::string("a\0b", 3), std::string("\"a\";b")}) {
    EXPECT_FALSE(idempotency_key(text)) << text;
  }
}

TEST(HttpSyntax, FindsACookieAndRefusesTwoOfItsName) {
  EXPECT_EQ(*cookie_named("a=1; session=x.y-z; b=\"2\"", "session"), "x.y-z");
  EXPECT_EQ(*cookie_named("a=1; b=\"2\"", "b"), "2");
  EXPECT_EQ(cookie_named("a=1", "b")->data(), nullptr);
  EXPECT_NE(cookie_named("b=", "b")->data(), nullptr);
  EXPECT_FALSE(cookie_named("session=1; session=2", "session"));
  EXPECT_FALSE(cookie_named("session", "session"));
  EXPECT_FALSE(cookie_named("session=a b", "session"));
  std::string many;
  for (int i = 0; i < 65; ++i) many += "a=1;";
  EXPECT_FALSE(cookie_named(many, "b"));
}

TEST(HttpSyntax, WritesDatesThatReadBackTheSame) {
  EXPECT_EQ(http_date(sys_seconds(seconds(784111777))), "Sun, 06 Nov 1994 08:49:37 GMT");
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 1000; ++i) {
    const sys_seconds time(seconds(static_cast<std::int64_t>(random() % 4'000'000'000)));
    const auto read = http_date_from_text(http_date(time), time);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, time);
  }
}

TEST(HttpSyntax, WritesQuotasAsTheContractHasThem) {
  EXPECT_EQ(rate_limit_field("key", 4980, seconds(1)), "\"key\";r=4980;t=1");
  EXPECT_EQ(rate_limit_policy_field("key", 5000, seconds(1)), "\"key\";q=5000;w=1");
}

}  // namespace
}  // namespace seawall
