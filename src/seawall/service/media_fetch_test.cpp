#include "seawall/service/media_fetch.h"

#include <gtest/gtest.h>

#include <string>

namespace seawall {
namespace {

using namespace std::chrono_literals;

/// Gives a body of so many bytes to the sink, in pieces.
class FakeFetcher final : public Fetcher {
 public:
  Result<FetchResponse> fetch(const FetchRequest& request, std::stop_token /*stop*/) override {
    const std::string piece(10'000, 'p');
    for (std::size_t left = size; left > 0;) {
      const std::size_t count = std::min(left, piece.size());
      SEAWALL_CHECK(request.sink->append(std::as_bytes(std::span(piece)).first(count)));
      left -= count;
    }
    FetchResponse response;
    response.status = status;
    response.headers = {{"content-type", "image/png"}};
    response.body = std::make_shared<SpooledBody>(SpoolLimits{});
    return response;
  }

  std::size_t size = 0;
  int status = 200;
};

class MediaFetches : public testing::Test {
 protected:
  Result<FetchedBytes> fetch(std::size_t size) {
    fetcher_.size = size;
    return media_.fetch("http://pictures.example/a", std::chrono::steady_clock::now() + 5s);
  }

  FakeFetcher fetcher_;
  BodyBudget bodies_{8 << 20};
  MediaFetch media_{fetcher_, bodies_, {}, {.bytes_max = 6 << 20}};
};

TEST_F(MediaFetches, HoldsWhatItFetchedAsSecretsAreAndCountsIt) {
  auto bytes = fetch(3'000'001);
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_EQ(bytes->size(), 3'000'001U);
  EXPECT_EQ(bytes->bytes().back(), std::byte{'p'});
  EXPECT_TRUE(bytes->body.is_secret());
  EXPECT_GE(bodies_.used(), 3'000'001U);
  *bytes = FetchedBytes();
  EXPECT_EQ(bodies_.used(), 0U);
}

TEST_F(MediaFetches, TakesNoMoreThanTheBudgetOfAllBodiesHas) {
  const auto first = fetch(5 << 20);
  ASSERT_TRUE(first);
  const auto second = fetch(5 << 20);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kUnavailable);
  EXPECT_NE(second.error().message.find("try again"), std::string::npos);
  EXPECT_EQ(bodies_.used(), std::uint64_t{5} << 20) << "what the refused one had is given back";
  EXPECT_TRUE(fetch(2 << 20));
}

TEST_F(MediaFetches, TellsABodyThatIsTooLongFromABudgetThatIsUsedUp) {
  const auto bytes = fetch((6 << 20) + 1);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().message.find("try again"), std::string::npos) << bytes.error().message;
  EXPECT_EQ(bodies_.used(), 0U);
}

TEST_F(MediaFetches, TakesNothingButASuccess) {
  fetcher_.status = 404;
  const auto bytes = fetch(0);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, Code::kUnavailable);
  fetcher_.status = 200;
  EXPECT_EQ(fetch(0).error().code, Code::kInvalidInput) << "nothing is behind it";
}

}  // namespace
}  // namespace seawall
