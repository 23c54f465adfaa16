#include "seawall/service/console_calls.h"

#include <gmock/gmock.h>

namespace seawall {
namespace {

using testing::HasSubstr;

constexpr std::string_view kPage = "<!doctype html><title>the page</title>";
constexpr std::string_view kScript = "assets/app-3f9c2a7d.js";

ConsoleFiles some_files() {
  ConsoleFiles files;
  EXPECT_TRUE(files.add("index.html", std::string(kPage)));
  EXPECT_TRUE(files.add(std::string(kScript), std::string(2000, 'a')));
  return files;
}

HttpHead head_of(const std::string& method, const std::string& path, const std::string& fields = "") {
  auto read = read_http_head(method + " " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n", {});
  return std::get<HttpHead>(std::move(read));
}

std::string field(const HttpAnswer& answer, std::string_view name) {
  for (const auto& [known, value] : answer.fields) {
    if (known == name) return value;
  }
  return "";
}

class Console : public testing::Test {
 protected:
  HttpAnswer get(const std::string& path, const std::string& fields = "", const std::string& method = "GET") {
    auto answer = calls_.answer(head_of(method, path, fields));
    EXPECT_TRUE(answer) << path;
    return answer ? *std::move(answer) : HttpAnswer{};
  }
  ConsoleCalls calls_{some_files()};
};

TEST_F(Console, SendsThePageUnderEachAddressWithoutADot) {
  for (const char* path : {"/console/", "/console/lists", "/console/lists/known/entries?state=on"}) {
    const HttpAnswer answer = get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body_text(), kPage) << path;
    EXPECT_EQ(field(answer, "Cache-Control"), "no-cache");
  }
}

TEST_F(Console, SendsNothingThatIsNotInItsTable) {
  for (const char* path :
       {"/console/app.js", "/console/assets/nothing", "/console/../etc/passwd.txt",
        "/console/%2e%2e/%2e%2e/etc/passwd.txt", "/console//etc/host.conf", "/console/.git"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
  // A spelling without a dot is a page, whatever it spells.
  EXPECT_EQ(get("/console/%2e%2e/%2e%2e/etc/passwd").body_text(), kPage);
}

TEST_F(Console, IsStrictInEveryAnswer) {
  for (const HttpAnswer& answer :
       {get("/console/"), get("/console/nothing.js"), get("/console"), get("/", "Accept: text/html\r\n"),
        get("/console/", "", "POST"), get("/console/" + std::string(kScript))}) {
    EXPECT_THAT(field(answer, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
    EXPECT_THAT(field(answer, "Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
    EXPECT_EQ(field(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(field(answer, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(field(answer, "Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_EQ(field(answer, "Cross-Origin-Resource-Policy"), "same-origin");
    EXPECT_THAT(field(answer, "Permissions-Policy"), HasSubstr("camera=()"));
  }
}

TEST_F(Console, IsCompressedForThoseWhoTakeItAndKeptForEverWhereItsNameHasADigest) {
  const std::string path = "/console/" + std::string(kScript);
  const HttpAnswer plain = get(path);
  const HttpAnswer small = get(path, "Accept-Encoding: br, gzip;q=0.5\r\n");
  EXPECT_EQ(field(plain, "Content-Encoding"), "");
  EXPECT_EQ(field(small, "Content-Encoding"), "gzip");
  EXPECT_LT(small.body_text().size(), plain.body_text().size());
  EXPECT_NE(field(small, "ETag"), field(plain, "ETag"));
  EXPECT_EQ(field(small, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(field(small, "Vary"), "Accept-Encoding");
  EXPECT_EQ(field(get(path, "Accept-Encoding: gzip;q=0\r\n"), "Content-Encoding"), "");
  // index.html is too short to be made smaller.
  EXPECT_EQ(field(get("/console/", "Accept-Encoding: gzip\r\n"), "Content-Encoding"), "");
}

TEST_F(Console, IsNotSentAgainToThoseWhoHaveIt) {
  const std::string etag = field(get("/console/"), "ETag");
  for (const std::string& known : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    const HttpAnswer answer = get("/console/", "If-None-Match: " + known + "\r\n");
    EXPECT_EQ(answer.status, 304) << known;
    EXPECT_EQ(answer.body_text(), "");
    EXPECT_EQ(field(answer, "ETag"), etag);
  }
  EXPECT_EQ(get("/console/", "If-None-Match: \"x\"\r\n").status, 200);
}

TEST_F(Console, TakesBrowsersFromTheRootAndNobodyElse) {
  const HttpAnswer answer = get("/", "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n");
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(field(answer, "Location"), "/console/");
  EXPECT_EQ(get("/console").status, 308);
  EXPECT_FALSE(calls_.answer(head_of("GET", "/")));
  EXPECT_FALSE(calls_.answer(head_of("GET", "/", "Accept: */*\r\n")));
  EXPECT_FALSE(calls_.answer(head_of("GET", "/consoles/")));
  EXPECT_FALSE(calls_.answer(head_of("GET", "/v1/status")));
  EXPECT_EQ(get("/console/", "", "DELETE").status, 405);
}

TEST_F(Console, SaysWhatToDoWhereTheProgramHasNone) {
  calls_.replace({});
  const HttpAnswer answer = get("/console/");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(std::string(answer.body_text()), HasSubstr("npm run build"));
}

}  // namespace
}  // namespace seawall
