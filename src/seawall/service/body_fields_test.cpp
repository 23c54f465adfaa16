#include "seawall/service/body_fields.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

BodyFields body_of(std::string_view text) {
  auto body = BodyFields::of(text, 4'096);
  EXPECT_TRUE(body) << text;
  return *std::move(body);
}

template <class T>
std::string place_of(const T& read) {
  if (read) return "";
  EXPECT_EQ(read.error().kind, ProblemKind::kInvalidInput);
  return read.error().faults.empty() ? "?" : read.error().faults.front().at;
}

TEST(BodyFields, ReadsWhatIsAskedForAndRefusesTheRest) {
  BodyFields body = body_of(
      R"({"name":"forum","overlap_s":3600,"expires":"2027-11-22T00:00:00Z","scopes":["match","status"],)"
      R"("rate":{"items":5},"secret":"s3cret"})");
  EXPECT_EQ(body.required_text("name", 1, 200).value(), "forum");
  EXPECT_EQ(body.text("why", 1, 200).value(), std::nullopt);
  EXPECT_EQ(body.number("overlap_s", 0, 3600).value(), 3600);
  EXPECT_EQ(body.time("expires").value()->time_since_epoch().count(), 1'826'841'600'000);
  EXPECT_EQ(body.texts("scopes", 2, 10).value(), (std::vector<std::string>{"match", "status"}));
  EXPECT_EQ(body.required_secret("secret", 10)->reveal(), "s3cret");
  EXPECT_FALSE(body.finish()) << "nobody has asked for the rate yet";
  auto rate = body.object("rate");
  ASSERT_TRUE(rate && *rate);
  EXPECT_EQ((*rate)->number("items", 1, 10).value(), 5);
  EXPECT_TRUE((*rate)->finish());
  EXPECT_TRUE(body.finish());
}

TEST(BodyFields, NamesThePlaceOfAFault) {
  BodyFields body = body_of(
      R"({"a":"","b":-1,"c":18446744073709551615,"d":1.5,"e":["x","x"],"f":[],"g":[1],"h":"soon","i":null,)"
      R"("j":{"k":11}})");
  EXPECT_EQ(place_of(body.text("a", 1, 9)), "/a");
  EXPECT_EQ(place_of(body.number("b", 0, 9)), "/b");
  EXPECT_EQ(place_of(body.number("c", 0, INT64_MAX)), "/c") << "a number that no signed one holds";
  EXPECT_EQ(place_of(body.number("d", 0, 9)), "/d");
  EXPECT_EQ(place_of(body.texts("e", 9, 9)), "/e");
  EXPECT_EQ(place_of(body.texts("f", 9, 9)), "/f");
  EXPECT_EQ(place_of(body.texts("g", 9, 9)), "/g");
  EXPECT_EQ(place_of(body.time("h")), "/h");
  EXPECT_EQ(place_of(body.text("i", 0, 9)), "/i") << "null is not: it is not there";
  EXPECT_EQ(place_of(body.required_text("z", 1, 9)), "/z");
  EXPECT_EQ(place_of(body.object("a")), "/a");
  auto inner = body.object("j");
  ASSERT_TRUE(inner && *inner);
  EXPECT_EQ(place_of((*inner)->number("k", 0, 10)), "/j/k");
}

TEST(BodyFields, NeverRepeatsAValueOrAMemberOfTheCallers) {
  BodyFields body = body_of(R"({"password":{"x":"s3cret"},"s3cret":1})");
  const auto wrong = body.required_secret("password", 100);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().detail.find("s3cret"), std::string::npos);
  const auto left = body.finish();
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error().detail.find("s3cret"), std::string::npos);
}

TEST(BodyFields, AreThoseOfOneObject) {
  for (const std::string_view text : {"", "[]", "null", "\"a\"", "{", "{}{}", "{\"a\":\"\xff\"}"}) {
    EXPECT_FALSE(BodyFields::of(text, 4'096)) << text;
  }
  EXPECT_FALSE(BodyFields::of(R"({"a":"0123456789"})", 10)) << "too long";
}

}  // namespace
}  // namespace seawall
