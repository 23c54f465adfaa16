#include "seawall/net_curl/curl_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <thread>

#include "net/mute_name_server.h"
#include "net/stand_in_server.h"
#include "seawall/net/url.h"

namespace seawall {
namespace {

using test::stand_in;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPassword = "open-sesame-4711";

std::unique_ptr<CurlFetcher> fetcher(CurlOptions options = {}) {
  ::setenv("no_proxy", "127.0.0.1,localhost", 1);
  options.low_speed_seconds = 1;
  auto made = CurlFetcher::open(std::move(options));
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::move(*made) : nullptr;
}

FetchRequest get(std::string_view path) { return {.url = stand_in().url(path)}; }

FetchRequest with_secret(FetchRequest request) {
  request.secret_headers.emplace_back("X-Key", std::make_shared<const Secret>(kPassword));
  return request;
}

Result<FetchResponse> fetch(const FetchRequest& request) { return fetcher()->fetch(request, {}); }

std::string text_of(const FetchResponse& response) {
  return response.body->text(1 << 20).value_or("(too long)");
}

/// Every failure must name the host and neither the path nor the secret.
void expect_discreet(const Error& error) {
  EXPECT_THAT(error.message, HasSubstr("127.0.0.1"));
  EXPECT_THAT(error.message, Not(HasSubstr("trap")));
  EXPECT_THAT(error.message, Not(HasSubstr(kPassword)));
}

void expect_failure(const FetchRequest& request, Code code, const char* words) {
  const auto response = fetch(request);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, code);
  EXPECT_THAT(response.error().message, HasSubstr(words));
  expect_discreet(response.error());
}

TEST(CurlFetcher, SendsMethodHeadersSecretsAndBody) {
  auto request = with_secret(get("/trap/echo?x=%C3%A9"));
  request.method = FetchMethod::kPut;
  request.headers = {{"Content-Type", "text/xml"}};
  request.body = "<a/>";
  const auto response = fetch(request);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->header("x-trap"), "echo");
  const std::string text = text_of(*response);
  for (const char* part : {"\"PUT\"", "<a/>", "text/xml", kPassword, "x=%C3%A9"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(CurlFetcher, SendsABodyOfZeroBytesWithPost) {
  auto request = get("/trap/echo");
  request.method = FetchMethod::kPost;
  const auto response = fetch(request);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_THAT(text_of(*response), HasSubstr("\"content-length\": \"0\""));
}

TEST(CurlFetcher, GivesStatusAndHeadersOfARefusalAsAnAnswer) {
  const auto response = fetch(get("/trap/status/429"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 429);
  EXPECT_EQ(response->header("retry-after"), "7");
}

TEST(CurlFetcher, TakesNoBodyThatIsShorterThanItsContentLength) {
  expect_failure(get("/trap/half"), Code::kUnavailable, "before the answer was whole");
}

TEST(CurlFetcher, TakesNoBodyWhoseLastChunkIsMissing) {
  expect_failure(get("/trap/half-chunked"), Code::kUnavailable, "");
}

TEST(CurlFetcher, TakesNoMoreThanContentLengthSays) {
  const auto response = fetch(get("/trap/short-length"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(text_of(*response), "0123");
}

TEST(CurlFetcher, GivesUpAtTheDeadlineWhenNothingComes) {
  auto request = get("/trap/silent");
  request.deadline = std::chrono::milliseconds(200);
  expect_failure(request, Code::kUnavailable, "in time");
}

TEST(CurlFetcher, GivesUpABodyThatDripsTooSlowly) {
  expect_failure(get("/trap/drip"), Code::kUnavailable, "too slowly");
}

TEST(CurlFetcher, EndsSoonWhenItIsToldToStop) {
  std::stop_source source;
  const auto started = std::chrono::steady_clock::now();
  Result<FetchResponse> response = fail(Code::kConflict, "not run");
  std::jthread worker([&] { response = fetcher()->fetch(get("/trap/silent"), source.get_token()); });
  source.request_stop();
  worker.join();
  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, HasSubstr("stopped"));
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
}

TEST(CurlFetcher, UnpacksGzip) {
  const auto response = fetch(get("/trap/gzip"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body->size_bytes(), 9000u);
}

TEST(CurlFetcher, TakesNoGzipThatIsCutShort) {
  expect_failure(get("/trap/cut-gzip"), Code::kUnavailable, "");
}

TEST(CurlFetcher, TakesNoEncodingThatItDidNotAskFor) {
  expect_failure(get("/trap/other-encoding"), Code::kUnavailable, "not asked for");
}

TEST(CurlFetcher, StopsADecompressionBombAtTheLimit) {
  auto request = get("/trap/bomb");
  request.response_bytes_max = 8 << 20;
  expect_failure(request, Code::kLimitExceeded, "8388608");
}

TEST(CurlFetcher, StopsALongBodyAtTheLimitAndTakesOneOfExactlyThatLength) {
  auto request = get("/trap/large/100000");
  request.response_bytes_max = 99'999;
  expect_failure(request, Code::kLimitExceeded, "99999");
  request.response_bytes_max = 100'000;
  EXPECT_TRUE(fetch(request));
}

TEST(CurlFetcher, KeepsALargeBodyInAFileWithoutAName) {
  const auto response = fetch(get("/trap/large/3000000"));
  ASSERT_TRUE(response) << response.error().message;
  const auto text = response->body->text(3'000'000);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, std::string(3'000'000, 'y'));
}

TEST(CurlFetcher, StopsEndlessHeaders) {
  expect_failure(get("/trap/headers"), Code::kLimitExceeded, "64 KiB");
}

TEST(CurlFetcher, FollowsARedirectOnTheSameHostWithItsSecrets) {
  const auto response = fetch(with_secret(get("/trap/redirect/here")));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_THAT(text_of(*response), HasSubstr(kPassword));
}

TEST(CurlFetcher, DoesNotFollowARedirectToAnotherHostWithSecrets) {
  expect_failure(with_secret(get("/trap/redirect/other")), Code::kUnavailable, "another host");
}

TEST(CurlFetcher, FollowsARedirectToAnotherHostWithoutSecrets) {
  const auto response = fetch(get("/trap/redirect/other"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_THAT(text_of(*response), HasSubstr("localhost"));
}

TEST(CurlFetcher, FollowsNoRedirectToAFile) {
  expect_failure(get("/trap/redirect/file"), Code::kInvalidInput, "not an address");
}

TEST(CurlFetcher, LeavesARedirectLoop) {
  expect_failure(get("/trap/redirect/loop"), Code::kUnavailable, "5 times");
}

TEST(CurlFetcher, FollowsNoRedirectOfAPost) {
  auto request = get("/trap/redirect/here");
  request.method = FetchMethod::kPost;
  const auto response = fetch(request);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 302);
}

TEST(CurlFetcher, RefusesACertificateThatNoAuthoritySigned) {
  expect_failure({.url = stand_in().tls_url("/trap/echo")}, Code::kUnavailable, "ca_file");
}

TEST(CurlFetcher, TrustsTheAuthorityNamedInCaFile) {
  const auto tls = fetcher({.ca_file = stand_in().ca_file()});
  const auto response = tls->fetch({.url = stand_in().tls_url("/trap/echo")}, {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
}

TEST(CurlFetcher, FollowsNoRedirectFromHttpsToHttp) {
  const auto tls = fetcher({.ca_file = stand_in().ca_file()});
  const auto response = tls->fetch({.url = stand_in().tls_url("/trap/redirect/plain")}, {});
  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, HasSubstr("https to http"));
}

TEST(CurlFetcher, SendsNoSecretOverAPlainConnectionToAnotherMachine) {
  const auto response = fetch(with_secret({.url = "http://lists.example/entries"}));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Code::kInvalidInput);
  EXPECT_THAT(response.error().message, HasSubstr("https://"));
  EXPECT_THAT(response.error().message, Not(HasSubstr("entries")));
}

TEST(CurlFetcher, RefusesOtherSchemesAndLineBreaksInHeaders) {
  EXPECT_EQ(fetch({.url = "file:///etc/hostname"}).error().code, Code::kInvalidInput);
  auto request = get("/trap/echo");
  request.headers = {{"X-A", "1\r\nX-B: 2"}};
  EXPECT_EQ(fetch(request).error().code, Code::kInvalidInput);
}

TEST(CurlFetcher, SaysThatNobodyListensThere) {
  expect_failure({.url = "http://127.0.0.1:1/trap"}, Code::kUnavailable, "onnect");
}

CurlOptions public_only() {
  CurlOptions options;
  options.public_only = true;
  return options;
}

TEST(CurlFetcher, ForStrangersConnectsToThePublicInternetOnly) {
  // 127.0.0.1 in all the ways that it can be written, and a name for it: none is connected to.
  for (const char* host : {"127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f000001", "0.0.0.0",
                           "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"}) {
    const std::string port = std::to_string(http_url_from_text(stand_in().url("/"))->port);
    const auto response =
        fetcher(public_only())->fetch({.url = "http://" + std::string(host) + ":" + port + "/trap/echo"}, {});
    ASSERT_FALSE(response) << host;
    EXPECT_THAT(response.error().message, HasSubstr("not of the public internet")) << host;
    EXPECT_EQ(response.error().code, Code::kInvalidInput) << host;
  }
}

TEST(CurlFetcher, RefusesTheMachinesOwnAddresses) {
  CurlOptions options;
  options.refuse_own = true;
  const auto response = fetcher(options)->fetch(get("/trap/echo"), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Code::kInvalidInput);
  EXPECT_THAT(response.error().message, HasSubstr("not to be reached"));
}

TEST(CurlFetcher, RefusesNetworksThatTheOperatorNames) {
  const auto network = [](const char* text) { return *Network::from_text(text); };
  CurlOptions options;
  options.refused_networks = {network("10.0.0.0/8")};
  EXPECT_TRUE(fetcher(options)->fetch(get("/trap/echo"), {}));
  for (const char* refused : {"127.0.0.1", "127.0.0.0/8", "0.0.0.0/0"}) {
    options.refused_networks.back() = network(refused);
    const auto response = fetcher(options)->fetch(get("/trap/echo"), {});
    ASSERT_FALSE(response) << refused;
    EXPECT_THAT(response.error().message, HasSubstr("not to be reached"));
  }
  CurlOptions strangers = public_only();
  strangers.refused_networks = {network("8.8.8.0/24"), network("2001:4860::/32")};
  for (const char* host : {"8.8.8.8", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]", "[2001:4860:4860::8888]"}) {
    const auto response = fetcher(strangers)->fetch({.url = "http://" + std::string(host) + "/"}, {});
    ASSERT_FALSE(response) << host;
    EXPECT_THAT(response.error().message, HasSubstr("not to be reached")) << host;
  }
}

TEST(CurlFetcher, GivesUpAtTheDeadlineWhileANameServerIsMute) {
  test::mute_name_server().begin();
  auto done = std::async(std::launch::async, [] {
    FetchRequest request{.url = "http://" + std::string(test::MuteNameServer::kHost) + "/"};
    request.deadline = std::chrono::milliseconds(200);
    return fetch(request);
  });
  const bool in_time = done.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  test::mute_name_server().answer();
  EXPECT_TRUE(in_time) << "it waited for the name server";
  const auto response = done.get();
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Code::kUnavailable);
}

TEST(CurlFetcher, ForStrangersUsesNoProxy) {
  ::setenv("http_proxy", stand_in().url("/").c_str(), 1);
  const auto response = fetcher(public_only())->fetch({.url = "http://10.0.0.1/"}, {});
  ::unsetenv("http_proxy");
  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, HasSubstr("not of the public internet"));
}

TEST(CurlFetcher, ForStrangersAsksNoSystemPort) {
  for (const char* port : {"22", "25", "1023"}) {
    const auto response =
        fetcher(public_only())->fetch({.url = std::string("http://8.8.8.8:") + port + "/"}, {});
    ASSERT_FALSE(response) << port;
    EXPECT_THAT(response.error().message, HasSubstr("port")) << port;
  }
}

TEST(CurlFetcher, ForStrangersAlsoReachesWhatTheOperatorNames) {
  const auto asked = [](std::initializer_list<const char*> allowed,
                        std::initializer_list<const char*> refused, const std::string& url) {
    CurlOptions options = public_only();
    for (const char* text : allowed) options.allowed_networks.push_back(*Network::from_text(text));
    for (const char* text : refused) options.refused_networks.push_back(*Network::from_text(text));
    return fetcher(options)->fetch({.url = url}, {}).has_value();
  };
  const std::string here = stand_in().url("/trap/echo");
  EXPECT_TRUE(asked({"127.0.0.1/32"}, {}, here));
  EXPECT_FALSE(asked({"127.0.0.0/8"}, {}, here)) << "this machine only where it is named alone";
  EXPECT_FALSE(asked({"127.0.0.1/32"}, {"127.0.0.0/8"}, here));
  EXPECT_FALSE(asked({"10.0.0.0/8"}, {}, here));
  EXPECT_FALSE(asked({"127.0.0.1/32"}, {}, "http://127.0.0.1:25/")) << "ports stay as they are";
}

TEST(CurlFetcher, TrustsTheSameAuthoritiesInEveryRequest) {
  const auto trusting = fetcher({.ca_file = stand_in().ca_file()});
  const auto strict = fetcher();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(trusting->fetch({.url = stand_in().tls_url("/trap/echo")}, {}));
    EXPECT_FALSE(strict->fetch({.url = stand_in().tls_url("/trap/echo")}, {}));
  }
}

TEST(CurlFetcher, GivesTheHeadAloneWhereTheBodyIsNotWanted) {
  for (const char* path :
       {"/trap/drip", "/trap/large/5000000", "/trap/half", "/trap/bomb", "/trap/status/503"}) {
    auto request = get(path);
    request.method = FetchMethod::kPost;
    request.body = "{}";
    request.body_wanted = false;
    request.response_bytes_max = 10;
    const auto response = fetch(request);
    ASSERT_TRUE(response) << path << response.error().message;
    EXPECT_EQ(response->status, std::string_view(path).ends_with("503") ? 503 : 200) << path;
    EXPECT_EQ(response->body->size_bytes(), 0U) << path;
    EXPECT_EQ(response->header("retry-after"), response->status == 503 ? "7" : "") << path;
  }
}

/// Keeps what it is given, up to a number of bytes.
struct KeepingSink final : BodySink {
  std::string kept;
  std::size_t bytes_max = 1 << 24;
  Result<void> append(std::span<const std::byte> bytes) override {
    if (kept.size() + bytes.size() > bytes_max) return fail(Code::kConflict, "the sink is full");
    kept.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
};

TEST(CurlFetcher, GivesABodyToTheSinkUnpackedAndKeepsNoneOfIt) {
  for (const auto& [path, size] : {std::pair{"/trap/gzip", 9'000U}, {"/trap/large/3000000", 3'000'000U}}) {
    KeepingSink sink;
    auto request = get(path);
    request.sink = &sink;
    const auto response = fetch(request);
    ASSERT_TRUE(response) << path << response.error().message;
    EXPECT_EQ(sink.kept.size(), size) << path;
    EXPECT_EQ(response->body->size_bytes(), 0U) << path;
  }
}

TEST(CurlFetcher, GivesTheSinkNothingOfARefusalOrARedirect) {
  KeepingSink sink;
  auto request = get("/trap/status/429");
  request.sink = &sink;
  EXPECT_EQ(fetch(request)->status, 429);
  EXPECT_EQ(sink.kept, "");
  request.url = stand_in().url("/trap/redirect/here");
  const auto response = fetch(request);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_THAT(sink.kept, HasSubstr("\"GET\""));
  EXPECT_TRUE(sink.kept.starts_with("{"));
}

TEST(CurlFetcher, ReadsNoBodyOfARefusalOrARedirectForASink) {
  KeepingSink sink;
  auto request = get("/trap/endless/404");
  request.sink = &sink;
  const auto refused = fetch(request);
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_EQ(refused->status, 404);
  request.url = stand_in().url("/trap/endless/302");
  const auto led_on = fetch(request);
  ASSERT_TRUE(led_on) << led_on.error().message;
  EXPECT_EQ(led_on->status, 200);
  EXPECT_TRUE(sink.kept.starts_with("{"));
}

TEST(CurlFetcher, StopsABombAndALongBodyAtTheLimitOnTheWayToASinkToo) {
  for (const char* path : {"/trap/bomb", "/trap/large/9000000"}) {
    KeepingSink sink;
    auto request = get(path);
    request.response_bytes_max = 8 << 20;
    request.sink = &sink;
    expect_failure(request, Code::kLimitExceeded, "8388608");
    EXPECT_LE(sink.kept.size(), std::size_t{8} << 20);
  }
}

TEST(CurlFetcher, EndsWithTheSinksOwnError) {
  KeepingSink sink;
  sink.bytes_max = 100;
  auto request = get("/trap/large/100000");
  request.sink = &sink;
  const auto response = fetch(request);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Code::kConflict);
}

TEST(CurlFetcher, TakesNoHeadThatDoesNotCome) {
  auto request = get("/trap/silent");
  request.body_wanted = false;
  request.deadline = std::chrono::milliseconds(200);
  expect_failure(request, Code::kUnavailable, "in time");
}

}  // namespace
}  // namespace seawall
