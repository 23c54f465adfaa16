#include "seawall/net/url.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

HttpUrl url(std::string_view text) {
  const auto read = http_url_from_text(text);
  EXPECT_TRUE(read) << text;
  return read.value_or(HttpUrl{});
}

TEST(HttpUrl, CutsAnAddressIntoItsParts) {
  EXPECT_EQ(url("https://Lists.Example:8443/a/b?c=d#e"), (HttpUrl{true, "lists.example", 8443, "/a/b?c=d"}));
  EXPECT_EQ(url("http://[::1]/"), (HttpUrl{false, "[::1]", 80, "/"}));
  EXPECT_EQ(url("https://x.example?c"), (HttpUrl{true, "x.example", 443, "/?c"}));
}

TEST(HttpUrl, WritesWhatItReads) {
  for (const char* text : {"https://a.example/", "http://a.example:81/x?y", "https://[::1]:9/x"}) {
    EXPECT_EQ(to_text(url(text)), text);
  }
}

TEST(HttpUrl, RefusesWhatIsNoPlainWebAddress) {
  for (const char* text :
       {"", "http", "https", "https:/", "a.example/x", "ftp://a.example/", "https://", "https:///x",
        "https://u:p@a.example/", "https://a.example:0/", "https://a.example:65536/", "https://a.example:8x/",
        "https://a b.example/", "https://a.example/\n", "https://a.example/\xc3\xa9",
        "https://a.example\\@b.example/", "https://[::1", "https://a.example/x\\y"}) {
    EXPECT_FALSE(http_url_from_text(text)) << text;
  }
}

TEST(HttpUrl, NeverRepeatsTheAddressInItsErrors) {
  const auto read = http_url_from_text("https://user:hunter2@secret.example/listed");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message.find("hunter2"), std::string::npos);
  EXPECT_EQ(read.error().message.find("secret.example"), std::string::npos);
}

TEST(HttpUrl, KnowsThisMachineByItsNames) {
  for (const char* text :
       {"http://localhost/", "http://127.0.0.1:80/", "http://127.1.2.3/", "http://[::1]/"}) {
    EXPECT_TRUE(is_loopback(url(text))) << text;
  }
  for (const char* text : {"http://127.example/", "http://128.0.0.1/", "http://localhost.example/"}) {
    EXPECT_FALSE(is_loopback(url(text))) << text;
  }
}

TEST(HttpUrl, ResolvesWhereARedirectLeads) {
  const HttpUrl base = url("https://a.example:8443/x/y?z");
  EXPECT_EQ(resolve(base, "/w?v").value_or(HttpUrl{}), url("https://a.example:8443/w?v"));
  EXPECT_EQ(resolve(base, "//b.example/w").value_or(HttpUrl{}), url("https://b.example/w"));
  EXPECT_EQ(resolve(base, "http://c.example/").value_or(HttpUrl{}), url("http://c.example/"));
  EXPECT_FALSE(resolve(base, "w"));
  EXPECT_FALSE(resolve(base, "javascript:alert(1)"));
}

TEST(HttpUrl, EncodesAndDecodesQueries) {
  const QueryPairs pairs = {{"from", "2026-11-21T23:00:00Z"}, {"a&b=c%", "\xff \x01+"}};
  EXPECT_EQ(to_query(pairs).substr(0, 31), "from=2026-11-21T23%3A00%3A00Z&a");
  EXPECT_EQ(query_of("/x?" + to_query(pairs)).value_or(QueryPairs{}), pairs);
  EXPECT_FALSE(query_of("/x?a=%4"));
  EXPECT_FALSE(query_of("/x?a=%zz"));
  EXPECT_TRUE(query_of("/x").value_or(QueryPairs{{"", ""}}).empty());
}

}  // namespace
}  // namespace seawall
