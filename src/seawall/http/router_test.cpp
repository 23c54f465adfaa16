#include "seawall/http/router.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

enum : int { kRoot, kBanks, kBankMake, kBank, kBankDrop, kSearch, kSources, kDeep };

constexpr std::array kTable{
    Route{HttpMethod::kGet, "/", kRoot},
    Route{HttpMethod::kGet, "/v1/banks", kBanks},
    Route{HttpMethod::kPost, "/v1/banks", kBankMake},
    Route{HttpMethod::kGet, "/v1/banks/{bank}", kBank},
    Route{HttpMethod::kDelete, "/v1/banks/{bank}", kBankDrop},
    Route{HttpMethod::kPost, "/v1/banks/search", kSearch},
    Route{HttpMethod::kGet, "/v1/banks/{bank}/sources/{source}", kSources},
    Route{HttpMethod::kGet, "/a/b/c/d/e/f/g/h/i/j/k/{l}", kDeep},
};
static_assert(routes_are_sound(kTable));

constexpr bool sound(std::string_view path) {
  const std::array<Route, 1> table{Route{HttpMethod::kGet, path, 0}};
  return routes_are_sound(table);
}
static_assert(!sound("") && !sound("v1") && !sound("/v1/") && !sound("//v1") && !sound("/{}") &&
              !sound("/a{b}"));
static_assert(!sound("/{a}{b}") && !sound("/1/2/3/4/5/6/7/8/9/10/11/12/13"));
constexpr std::array kTwice{Route{HttpMethod::kGet, "/a/{b}", 0}, Route{HttpMethod::kGet, "/a/{c}", 1}};
static_assert(!routes_are_sound(kTwice));

const Router& router() {
  static const Router made(kTable);
  return made;
}

int number_of(HttpMethod method, std::string_view path) {
  const auto found = router().find(method, path);
  const auto* match = std::get_if<RouteMatch>(&found);
  return match == nullptr ? -std::get<RouteRefusal>(found).status : match->route->number;
}

std::vector<std::string> captured(std::string_view path) {
  return std::get<RouteMatch>(router().find(HttpMethod::kGet, path)).captured;
}

TEST(Router, FindsTheRowOfAMethodAndAPath) {
  EXPECT_EQ(number_of(HttpMethod::kGet, "/"), kRoot);
  EXPECT_EQ(number_of(HttpMethod::kGet, "/v1/banks"), kBanks);
  EXPECT_EQ(number_of(HttpMethod::kPost, "/v1/banks"), kBankMake);
  EXPECT_EQ(number_of(HttpMethod::kDelete, "/v1/banks/known"), kBankDrop);
  EXPECT_EQ(number_of(HttpMethod::kGet, "/a/b/c/d/e/f/g/h/i/j/k/l"), kDeep);
}

TEST(Router, CapturesDecodedSegmentsAndKeepsAnEscapedSlashInside) {
  EXPECT_EQ(captured("/v1/banks/known/sources/x%2Fy%20z"), (std::vector<std::string>{"known", "x/y z"}));
  EXPECT_EQ(captured("/v1/banks/b%C3%A4nk"), std::vector<std::string>{"b\xc3\xa4nk"});
}

TEST(Router, TakesALiteralSegmentBeforeACapturedOne) {
  EXPECT_EQ(number_of(HttpMethod::kPost, "/v1/banks/search"), kSearch);
  EXPECT_EQ(number_of(HttpMethod::kGet, "/v1/banks/searches"), kBank);
  EXPECT_EQ(number_of(HttpMethod::kGet, "/v1/banks/search"), -405) << "the path is chosen before the method";
}

TEST(Router, ComparesBytesAsTheyWereSent) {
  for (const char* path :
       {"", "v1/banks", "/v1/banks/", "//v1/banks", "/v1//banks", "/V1/banks", "/v1/b%61nks", "/v1/./banks",
        "/v1/x/../banks", "*", "/v1/banks/known/sources/", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14"}) {
    EXPECT_EQ(number_of(HttpMethod::kGet, path), -404) << path;
  }
}

TEST(Router, RefusesSegmentsThatDoNotDecodeToPrintableUtf8) {
  for (const char* path : {"/v1/banks/%", "/v1/banks/%4", "/v1/banks/%zz", "/v1/banks/%00", "/v1/banks/%0a",
                           "/v1/banks/%ff", "/v1/banks/%7f"}) {
    EXPECT_EQ(number_of(HttpMethod::kGet, path), -400) << path;
  }
}

TEST(Router, AnswersHeadWithGetsRow) { EXPECT_EQ(number_of(HttpMethod::kHead, "/v1/banks"), kBanks); }

TEST(Router, NamesTheMethodsThatAPathHas) {
  const auto found = router().find(HttpMethod::kPatch, "/v1/banks/known");
  EXPECT_EQ(std::get<RouteRefusal>(found).status, 405);
  EXPECT_EQ(std::get<RouteRefusal>(found).allow, "GET, HEAD, DELETE");
  EXPECT_EQ(std::get<RouteRefusal>(router().find(HttpMethod::kGet, "/v1/banks/search")).allow, "POST");
}

}  // namespace
}  // namespace seawall
