#include "seawall/stream_hooks/cut_off.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "seawall/jobs/webhook_signature.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using std::chrono::milliseconds;
using std::chrono::seconds;

class ManualClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return Time{milliseconds(ms_.load())}; }
  void pass(milliseconds time) { ms_ += time.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'700'000'000'000};
};

/// A receiver that answers as it is told and keeps what came.
class Receiver final : public Fetcher {
 public:
  Result<FetchResponse> fetch(const FetchRequest& request, std::stop_token) override {
    const std::scoped_lock lock(mutex);
    got.push_back(request);
    ++tries;
    tries.notify_all();
    if (status == 0) return fail(Code::kUnavailable, "no answer");
    FetchResponse response;
    response.status = status;
    return response;
  }
  void wait_for(int count) {
    for (int now = tries; now < count; now = tries) tries.wait(now);
  }
  std::mutex mutex;
  std::vector<FetchRequest> got;
  std::atomic<int> tries{0};
  std::atomic<int> status{200};
};

constexpr std::string_view kSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

CutOffSender::Options options() {
  CutOffSender::Options options;
  options.url = "https://hooks.example/cut";
  options.secrets.emplace_back(kSecret);
  return options;
}

std::string header(const FetchRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(CutOff, IsASignedWebhookWithTheEvidence) {
  ManualClock clock;
  Receiver receiver;
  const auto sender = CutOffSender::open(options(), receiver, clock);
  ASSERT_TRUE(sender);
  (*sender)->send(R"({"stream":"lobby"})");
  receiver.wait_for(1);
  while (!(*sender)->idle()) std::this_thread::yield();
  const FetchRequest& request = receiver.got[0];
  EXPECT_EQ(request.body,
            R"({"type":"stream.match","timestamp":"2023-11-14T22:13:20Z","data":{"stream":"lobby"}})");
  std::vector<Secret> secrets;
  secrets.emplace_back(kSecret);
  const auto expected = webhook_signature({.id = header(request, "webhook-id"),
                                           .sent = std::chrono::floor<seconds>(clock.now()),
                                           .body = request.body},
                                          secrets);
  EXPECT_EQ(header(request, "webhook-signature"), *expected);
  EXPECT_EQ((*sender)->stats().delivered, 1U);
}

TEST(CutOff, IsTriedAgainUnderOneIdAndGivenUpInTheEnd) {
  ManualClock clock;
  Receiver receiver;
  receiver.status = 503;
  const auto sender = CutOffSender::open(options(), receiver, clock);
  ASSERT_TRUE(sender);
  (*sender)->send("{}");
  receiver.wait_for(1);
  for (int tries = 1; tries < 6; ++tries) {
    while ((*sender)->stats().failed_tries < static_cast<std::uint64_t>(tries)) std::this_thread::yield();
    clock.pass(seconds(61));
    receiver.wait_for(tries + 1);
  }
  EXPECT_EQ(header(receiver.got[0], "webhook-id"), header(receiver.got[5], "webhook-id"));
  while ((*sender)->stats().failed_tries < 6) std::this_thread::yield();
  clock.pass(std::chrono::hours(2));
  receiver.wait_for(7);
  while ((*sender)->stats().given_up < 1) std::this_thread::yield();
  EXPECT_TRUE((*sender)->idle());
}

TEST(CutOff, NeedsASecretAndAnAddress) {
  ManualClock clock;
  Receiver receiver;
  CutOffSender::Options no_secret = options();
  no_secret.secrets.clear();
  EXPECT_FALSE(CutOffSender::open(std::move(no_secret), receiver, clock));
  CutOffSender::Options no_address = options();
  no_address.url = "rtmp://x";
  EXPECT_FALSE(CutOffSender::open(std::move(no_address), receiver, clock));
}

}  // namespace
