#include "seawall/api/access_asks.h"

#include <gmock/gmock.h>

#include "seawall/api/padded_body.h"

namespace seawall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

template <class T>
JsonRead<T> read(JsonRead<T> (*reader)(std::string_view), std::string_view text) {
  return reader(PaddedBody(text).text());
}

/// The place of the fault.
template <class T>
std::string place(JsonRead<T> (*reader)(std::string_view), std::string_view text) {
  const auto ask = read(reader, text);
  EXPECT_FALSE(ask) << text;
  return ask ? "none" : ask.error().at;
}

/// A key's body with one member more, or another in its place.
std::string key_with(std::string_view member) {
  std::string out = R"({"name":"forum","why":"test")";
  if (member.find("\"scopes\"") == std::string_view::npos) out += R"(,"scopes":["match","status"])";
  if (member.find("\"expires\"") == std::string_view::npos) out += R"(,"expires":"2027-11-22T00:00:00Z")";
  if (!member.empty()) out.append(",").append(member);
  return out + "}";
}

TEST(AccessAsks, ANewKeyHasAllThatTheContractHas) {
  const auto ask =
      read(&new_key_from_json,
           key_with(R"("rate":{"items":5,"per_s":1},"banks":["known"],"networks":["10.0.0.0/8"],)"
                    R"("certificate_sha256":")" +
                    std::string(64, 'a') + "\""));
  ASSERT_TRUE(ask) << ask.error().at << ask.error().detail;
  EXPECT_EQ(ask->key.name, "forum");
  EXPECT_EQ(ask->why, "test");
  EXPECT_TRUE(ask->key.scopes.has(Scope::kMatch) && ask->key.scopes.has(Scope::kStatus));
  EXPECT_FALSE(ask->key.scopes.has(Scope::kMetrics));
  EXPECT_EQ(ask->key.expires.time_since_epoch().count(), 1'826'841'600'000);
  ASSERT_TRUE(ask->key.rate && ask->key.certificate);
  EXPECT_EQ(ask->key.rate->items, 5U);
  EXPECT_THAT(ask->key.banks, ElementsAre("known"));
  EXPECT_THAT(ask->key.networks, ElementsAre("10.0.0.0/8"));
  EXPECT_EQ(ask->key.certificate->front(), std::byte{0xaa});
  EXPECT_EQ(ask->key.tenant, "");
}

TEST(AccessAsks, WhatIsNoKeyIsNamedByItsPlace) {
  for (const auto& [member, at] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {R"("scopes":[])", "/scopes"},
           {R"("scopes":["match","match"])", "/scopes"},
           {R"("scopes":["admin"])", "/scopes"},
           {R"("scopes":[1])", "/scopes"},
           {R"("expires":"soon")", "/expires"},
           {R"("expires":"2027-11-22")", "/expires"},
           {R"("rate":{"items":0,"per_s":1})", "/rate/items"},
           {R"("rate":{"items":18446744073709551615,"per_s":1})", "/rate/items"},
           {R"("rate":{"items":1})", "/rate"},
           {R"("rate":7)", "/rate"},
           {R"("banks":[])", "/banks"},
           {R"("banks":["x","x"])", "/banks"},
           {R"("certificate_sha256":"xy")", "/certificate_sha256"},
           {R"("tenant":"other")", "/tenant"},
           {R"("name":"twice")", "/name"}}) {
    EXPECT_EQ(place(&new_key_from_json, key_with(member)), at) << member;
  }
  EXPECT_EQ(place(&new_key_from_json, R"({"name":"x","scopes":["match"],"expires":"2027-11-22T00:00:00Z"})"),
            "/why");
}

TEST(AccessAsks, ARotationOverlapsADayUnlessToldOtherwise) {
  const auto day = read(&rotate_key_from_json, R"({"why":"yearly"})");
  ASSERT_TRUE(day);
  EXPECT_EQ(day->overlap, std::chrono::hours(24));
  EXPECT_FALSE(day->expires);
  const auto none =
      read(&rotate_key_from_json, R"({"why":"leaked","overlap_s":0,"expires":"2027-11-22T00:00:00Z"})");
  ASSERT_TRUE(none && none->expires);
  EXPECT_EQ(none->overlap.count(), 0);
  EXPECT_EQ(place(&rotate_key_from_json, R"({"why":"x","overlap_s":2592001})"), "/overlap_s");
  EXPECT_EQ(place(&rotate_key_from_json, R"({"why":"x","overlap_s":1.5})"), "/overlap_s");
}

TEST(AccessAsks, APasswordMayHoldAnythingAndIsNeverRepeated) {
  const auto ask =
      read(&sign_in_from_json, R"({"account":"ann","password":"a\tb\u0001 \"c","totp":"123456"})");
  ASSERT_TRUE(ask);
  EXPECT_EQ(ask->password.reveal(), "a\tb\x01 \"c");
  EXPECT_EQ(ask->code, "123456");
  EXPECT_EQ(ask->tenant, "");
  EXPECT_EQ(place(&sign_in_from_json, R"({"account":"ann","password":""})"), "/password");
  EXPECT_EQ(place(&sign_in_from_json, R"({"account":"ann","password":"x","totp":123456})"), "/totp");
  EXPECT_EQ(place(&sign_in_from_json, R"({"account":"ann"})"), "/password");
  for (const std::string_view text :
       {R"({"account":"ann","password":{"x":"s3cret s3cret"}})", R"({"account":"ann","s3cret s3cret":1})",
        R"({"account":"ann","password":"s3cret)"}) {
    const auto wrong = read(&sign_in_from_json, text);
    ASSERT_FALSE(wrong) << text;
    EXPECT_THAT(wrong.error().at + wrong.error().detail, Not(HasSubstr("s3cret"))) << text;
  }
}

TEST(AccessAsks, TheyAreOneObject) {
  for (const std::string_view text : {"", "[]", "null", "\"a\"", "{", "{}{}", "{\"account\":\"\xff\"}"}) {
    EXPECT_FALSE(read(&sign_in_from_json, text)) << text;
  }
}

}  // namespace
}  // namespace seawall
