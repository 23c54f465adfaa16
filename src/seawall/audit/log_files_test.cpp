#include "seawall/audit/log_files.h"

#include <gmock/gmock.h>

#include <atomic>
#include <functional>

#include "seawall/durable_file/fault_file_system.h"

namespace seawall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A server that answers as a test says.
class Server final : public Fetcher {
 public:
  using Answer = std::function<Result<FetchResponse>(const FetchRequest& request)>;
  explicit Server(Answer answer) : answer_(std::move(answer)) {}
  Result<FetchResponse> fetch(const FetchRequest& request, std::stop_token /*stop*/) override {
    ++asked;
    return answer_(request);
  }
  std::atomic<int> asked{0};

 private:
  Answer answer_;
};

FetchResponse response(int status, const std::string& text = {}) {
  auto body = std::make_shared<SpooledBody>(SpoolLimits{});
  EXPECT_TRUE(body->append(text));
  return {.status = status, .headers = {}, .body = std::move(body)};
}

HttpLogOptions options() {
  HttpLogOptions some;
  some.url = "https://log.example/here/";
  some.back_off = {std::chrono::milliseconds(1), std::chrono::milliseconds(2)};
  return some;
}

Result<std::optional<std::string>> read_one(Server& server, std::uint64_t bytes_max = 100) {
  HttpLogFiles files(server, options());
  const LogFileWish wish{"tile/0/000", bytes_max};
  SEAWALL_TRY(auto all, files.read(std::span(&wish, 1)));
  return std::move(all[0]);
}

TEST(HttpLogFiles, AsksBelowTheAddressWithALimitAndADeadline) {
  Server server([](const FetchRequest& request) -> Result<FetchResponse> {
    EXPECT_EQ(request.url, "https://log.example/here/tile/0/000");
    EXPECT_EQ(request.response_bytes_max, 100U);
    EXPECT_GT(request.deadline.count(), 0);
    return response(200, "hashes");
  });
  EXPECT_EQ(read_one(server).value(), "hashes");
}

TEST(HttpLogFiles, GivesManyInTheirOrder) {
  Server server([](const FetchRequest& request) -> Result<FetchResponse> {
    if (request.url.ends_with("7")) return response(404);
    return response(200, request.url.substr(request.url.rfind('/') + 1));
  });
  HttpLogFiles files(server, options());
  std::vector<LogFileWish> wishes;
  for (int i = 0; i < 40; ++i) wishes.push_back({"f/" + std::to_string(i), 100});
  const auto all = files.read(wishes).value();
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(all[i], i % 10 == 7 ? std::nullopt : std::optional(std::to_string(i)));
}

TEST(HttpLogFiles, AsksAgainWhatMayPassAndGivesUpAfterFiveTimes) {
  int left = 2;
  Server recovers([&](const FetchRequest&) -> Result<FetchResponse> {
    if (left == 2) return --left, fail(Code::kUnavailable, "no connection");
    return left-- > 0 ? response(503) : response(200, "x");
  });
  EXPECT_EQ(read_one(recovers).value(), "x");
  Server stays([](const FetchRequest&) -> Result<FetchResponse> { return response(503); });
  const auto failed = read_one(stays);
  EXPECT_EQ(failed.error().code, Code::kUnavailable);
  EXPECT_THAT(failed.error().message, HasSubstr("answers 503"));
  EXPECT_EQ(stays.asked, 5);
}

TEST(HttpLogFiles, DoesNotAskAgainWhatCannotPass) {
  Server refuses([](const FetchRequest&) -> Result<FetchResponse> { return response(403); });
  EXPECT_EQ(read_one(refuses).error().code, Code::kInvalidInput);
  EXPECT_EQ(refuses.asked, 1);
  Server pours([](const FetchRequest&) -> Result<FetchResponse> {
    return fail(Code::kLimitExceeded, "the body is longer than 100 bytes");
  });
  EXPECT_EQ(read_one(pours).error().code, Code::kCorrupt);
  EXPECT_EQ(pours.asked, 1);
}

TEST(FolderLogFiles, GivesFilesUpToTheirLimit) {
  durable::FaultDisk disk;
  const std::shared_ptr<durable::FolderTree> tree = disk.tree();
  ASSERT_TRUE(tree->create("checkpoint").value()->append(std::as_bytes(std::span("12345", 5))));
  FolderLogFiles files(tree);
  const std::vector<LogFileWish> wishes{{"checkpoint", 5}, {"tile/0/000", 5}};
  EXPECT_THAT(files.read(wishes).value(), ElementsAre(std::optional<std::string>("12345"), std::nullopt));
  const LogFileWish small{"checkpoint", 4};
  EXPECT_EQ(files.read(std::span(&small, 1)).error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace seawall
