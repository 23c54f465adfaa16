#include "seawall/net_curl/curl_async_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <thread>

#include "net/stand_in_server.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using test::stand_in;
using ::testing::HasSubstr;

std::unique_ptr<CurlAsyncFetcher> fetcher(CurlOptions options = {}) {
  ::setenv("no_proxy", "127.0.0.1,localhost", 1);
  auto made = CurlAsyncFetcher::open(std::move(options));
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::move(*made) : nullptr;
}

/// All that was started, by id; within a minute.
std::map<std::uint64_t, FetchDone> all_of(AsyncFetcher& fetcher) {
  std::map<std::uint64_t, FetchDone> all;
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (fetcher.under_way() > 0 && std::chrono::steady_clock::now() < end) {
    for (FetchDone& done : fetcher.wait(1s)) all.emplace(done.id, std::move(done));
  }
  EXPECT_EQ(fetcher.under_way(), 0U);
  return all;
}

FetchDone one(FetchRequest request, CurlOptions options = {}) {
  const auto async = fetcher(std::move(options));
  async->start(7, std::move(request));
  auto all = all_of(*async);
  EXPECT_EQ(all.size(), 1U);
  return all.empty() ? FetchDone{0, fail(Code::kCorrupt, "nothing came"), {}}
                     : std::move(all.begin()->second);
}

TEST(CurlAsyncFetcher, AsksManyAtOnceAndGivesEachItsOwnAnswer) {
  const auto async = fetcher();
  constexpr std::uint64_t kMany = 200;
  for (std::uint64_t i = 0; i < kMany; ++i) {
    async->start(i, {.url = stand_in().url("/trap/echo?n=" + std::to_string(i))});
  }
  EXPECT_EQ(async->under_way(), kMany);
  const auto all = all_of(*async);
  ASSERT_EQ(all.size(), kMany);
  for (const auto& [id, done] : all) {
    ASSERT_TRUE(done.response) << done.response.error().message;
    EXPECT_THAT(done.response->body->text(1 << 20).value_or(""), HasSubstr("n=" + std::to_string(id) + "\""));
  }
}

TEST(CurlAsyncFetcher, SaysWhereTheAnswerCameFromAfterRedirects) {
  const FetchDone done = one({.url = stand_in().url("/trap/redirect/here")});
  ASSERT_TRUE(done.response) << done.response.error().message;
  EXPECT_EQ(done.response->status, 200);
  EXPECT_EQ(done.url, stand_in().url("/trap/echo"));
}

TEST(CurlAsyncFetcher, FollowsNoRedirectInACircleOrToAFile) {
  for (const char* path : {"/trap/redirect/loop", "/trap/redirect/file"}) {
    const FetchDone done = one({.url = stand_in().url(path)});
    ASSERT_FALSE(done.response);
    const bool to_file = std::string_view(path).ends_with("file");
    EXPECT_EQ(done.response.error().code, to_file ? Code::kInvalidInput : Code::kUnavailable);
    EXPECT_THAT(done.response.error().message, HasSubstr("redirects"));
  }
}

TEST(CurlAsyncFetcher, EndsEachRequestByItsDeadline) {
  const auto async = fetcher();
  async->start(1, {.url = stand_in().url("/trap/silent"), .deadline = 200ms});
  async->start(2, {.url = stand_in().url("/trap/echo")});
  const auto all = all_of(*async);
  ASSERT_EQ(all.size(), 2U);
  ASSERT_FALSE(all.at(1).response);
  EXPECT_EQ(all.at(1).response.error().code, Code::kUnavailable);
  EXPECT_TRUE(all.at(2).response);
}

TEST(CurlAsyncFetcher, StopsABodyAtItsLimit) {
  const FetchDone done = one({.url = stand_in().url("/trap/large/9000000"), .response_bytes_max = 1 << 20});
  ASSERT_FALSE(done.response);
  EXPECT_EQ(done.response.error().code, Code::kLimitExceeded);
}

TEST(CurlAsyncFetcher, EndsAtOnceWhatCannotBeAsked) {
  const FetchDone done = one({.url = "ftp://a/b"});
  ASSERT_FALSE(done.response);
  EXPECT_EQ(done.response.error().code, Code::kInvalidInput);
}

TEST(CurlAsyncFetcher, ReachesOnlyWhatItMayOnTheFirstConnectionAndLaterOnes) {
  CurlOptions public_only;
  public_only.in_memory = public_only.public_only = true;
  const FetchDone refused = one({.url = stand_in().url("/trap/echo")}, public_only);
  ASSERT_FALSE(refused.response);
  EXPECT_EQ(refused.response.error().code, Code::kInvalidInput);
  CurlOptions own = public_only;
  own.allowed_networks = {*Network::from_text("127.0.0.1/32")};
  const auto async = fetcher(std::move(own));
  for (std::uint64_t i = 0; i < 3; ++i) {
    async->start(i, {.url = stand_in().url("/trap/echo")});
    EXPECT_TRUE(all_of(*async).at(i).response);
  }
}

TEST(CurlAsyncFetcher, GivesNoAnswerToWhatWasCancelled) {
  const auto async = fetcher();
  async->start(1, {.url = stand_in().url("/trap/silent")});
  async->start(2, {.url = stand_in().url("/trap/echo")});
  async->cancel(1);
  async->cancel(99);
  const auto all = all_of(*async);
  EXPECT_EQ(all.size(), 1U);
  EXPECT_TRUE(all.contains(2));
}

TEST(CurlAsyncFetcher, ReturnsFromAWaitWhenAnotherThreadWakesIt) {
  const auto async = fetcher();
  std::jthread waker([&] { async->wake(); });
  const auto started = std::chrono::steady_clock::now();
  EXPECT_TRUE(async->wait(50s).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - started, 40s);
}

TEST(CurlAsyncFetcher, EndsWhatIsUnderWayWithItself) {
  const auto async = fetcher();
  async->start(1, {.url = stand_in().url("/trap/silent")});
  EXPECT_TRUE(async->wait(10ms).empty());
}

}  // namespace
}  // namespace seawall
