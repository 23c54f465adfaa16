#include "seawall/remote_lookup/service_bank.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "seawall/json/json.h"

namespace seawall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class CountingRandom final : public RandomSource {
 public:
  std::uint64_t next() override { return ++last_; }

 private:
  std::uint64_t last_ = 0;
};

struct Said {
  int status = 200;
  std::string body;
  std::string retry_after;
};

/// A service that answers as a test says.
class ScriptedFetcher final : public Fetcher {
 public:
  using Script = std::function<Result<Said>(const Json& body, int request)>;
  explicit ScriptedFetcher(Script script) : script_(std::move(script)) {}

  Result<FetchResponse> fetch(const FetchRequest& request, std::stop_token /*stop*/) override {
    int number = 0;
    {
      const std::scoped_lock lock(mutex_);
      number = static_cast<int>(asked.size());
      asked.push_back(request);
    }
    SEAWALL_TRY(const Json body, parse_json(request.body, 16 << 20));
    SEAWALL_TRY(const Said said, script_(body, number));
    auto spooled = std::make_shared<SpooledBody>(SpoolLimits{.bytes_max = 1 << 20});
    SEAWALL_CHECK(spooled->append(said.body));
    FetchResponse response{.status = said.status, .headers = {}, .body = spooled};
    if (!said.retry_after.empty()) response.headers.emplace_back("retry-after", said.retry_after);
    return response;
  }
  [[nodiscard]] std::string header(std::size_t request, std::string_view name) const {
    for (const auto& [key, value] : asked[request].headers) {
      if (key == name) return value;
    }
    return "";
  }

  std::vector<FetchRequest> asked;

 private:
  std::mutex mutex_;
  Script script_;
};

Json match(const std::string& entry, int distance, int frame, const std::string& signal = "pdq") {
  return {{"match", entry},         {"entry", entry},    {"bank", "known"},      {"source", "test"},
          {"signal", signal},       {"radius", 31},      {"distance", distance}, {"frame", frame},
          {"standing", "enforced"}, {"action", "block"}, {"list_version", 1}};
}

Json answer(const Json& matches) {
  return {{"verdict", matches.empty() ? "allow" : "block"},
          {"matches", matches},
          {"reasons", Json::array()},
          {"observed", false}};
}

Said said(const Json& answers) {
  return {200, Json{{"request_id", "r_12345678"}, {"answers", answers}}.dump(), ""};
}

/// Allows every item, but blocks what has a hash whose first digit is 'a', by that hash.
Said allow_but_a(const Json& body) {
  Json answers = Json::array();
  for (const Json& item : body["items"]) {
    Json matches = Json::array();
    int place = 0;
    for (const Json& pdq : item["signals"].value("pdq", Json::array())) {
      if (pdq.get<std::string>()[0] == 'a') matches.push_back(match("1.1", 4, place));
      ++place;
    }
    answers.push_back(answer(matches));
  }
  return said(answers);
}

VariantHash hash(char first, Dihedral symmetry = Dihedral::kOriginal) {
  Variant variant;
  variant.symmetry = symmetry;
  return {variant, {*fingerprint_from_text(first + std::string(63, '1')), 90}};
}

MediaSignals signals_with(std::vector<VariantHash> hashes, int frame = 0) {
  MediaSignals signals;
  signals.frames.push_back({.index = frame, .time_ms = 0, .pdq = {}, .variants = std::move(hashes)});
  return signals;
}

class ServiceBankTest : public testing::Test {
 protected:
  ServiceBank& open(ScriptedFetcher::Script script, std::size_t requests_max = 4) {
    fetcher_ = std::make_unique<ScriptedFetcher>(std::move(script));
    ServiceBankOptions options{.url = "https://seawall.example", .authorization = {}};
    options.requests_max = requests_max;
    options.wait = [this](std::chrono::milliseconds time, const std::stop_token& stop) {
      const std::scoped_lock lock(mutex_);
      waits_.push_back(time);
      return !stop.stop_requested();
    };
    auto opened = ServiceBank::open(options, *fetcher_, random_);
    EXPECT_TRUE(opened) << opened.error().message;
    bank_ = *std::move(opened);
    return *bank_;
  }
  std::vector<RecordedMatch> search(const MediaSignals& signals) {
    std::vector<RecordedMatch> matches;
    const auto searched = bank_->search(signals, matches);
    EXPECT_TRUE(searched) << searched.error().message;
    return matches;
  }
  Error error_of(const MediaSignals& signals) {
    std::vector<RecordedMatch> matches;
    const auto searched = bank_->search(signals, matches);
    EXPECT_FALSE(searched);
    return searched ? Error{} : searched.error();
  }

  std::mutex mutex_;
  std::vector<std::chrono::milliseconds> waits_;
  CountingRandom random_;
  std::unique_ptr<ScriptedFetcher> fetcher_;
  std::unique_ptr<ServiceBank> bank_;
};

TEST_F(ServiceBankTest, SendsSignalsAloneAndSaysWhichHashMet) {
  open([](const Json& body, int) { return allow_but_a(body); });
  const auto matches = search(signals_with({hash('0'), hash('a', Dihedral::kFlipX)}, 7));
  ASSERT_THAT(matches, SizeIs(1));
  EXPECT_EQ(matches[0].bank, "known");
  EXPECT_EQ(matches[0].entry, "1.1");
  EXPECT_EQ(matches[0].variant, "flip_x");
  EXPECT_EQ(matches[0].frame_index, 7);
  EXPECT_EQ(matches[0].verdict, Verdict::kBlock);
  EXPECT_EQ(fetcher_->asked[0].url, "https://seawall.example/v1/match");
  const auto body = parse_json(fetcher_->asked[0].body);
  ASSERT_TRUE(body);
  std::set<std::string> members;
  for (const auto& [name, value] : (*body)["items"][0]["signals"].items()) members.insert(name);
  EXPECT_THAT(members, ElementsAre("md5", "pdq", "quality", "sha1", "sha256"));
  EXPECT_THAT((*body)["items"][0], SizeIs(1)) << "neither a name nor a place";
}

TEST_F(ServiceBankTest, SplitsWhatHasMoreHashesThanAnItemMayHave) {
  open([](const Json& body, int) {
    Json answers = Json::array();
    EXPECT_THAT(body["items"], SizeIs(3));
    answers.push_back(answer(Json::array({match("1.1", 9, 3), match("1.2", 0, 0, "md5")})));
    answers.push_back(answer(Json::array({match("1.1", 2, 5)})));
    answers.push_back(answer(Json::array({match("1.1", 4, 0), match("1.2", 1, 1)})));
    EXPECT_FALSE(body["items"][1]["signals"].contains("md5"));
    return said(answers);
  });
  std::vector<VariantHash> hashes(600, hash('0'));
  hashes[256 + 5] = hash('0', Dihedral::kRotate90);
  const auto matches = search(signals_with(hashes));
  ASSERT_THAT(matches, SizeIs(2));
  EXPECT_EQ(matches[0].distance_bits, 2) << "the nearest of its meetings";
  EXPECT_EQ(matches[0].variant, "rotate90");
  EXPECT_EQ(matches[1].type, SignalType::kMd5) << "a digest before a hash";
}

TEST_F(ServiceBankTest, AFlatPictureIsLookedUpByItsDigests) {
  open([](const Json& body, int) {
    EXPECT_FALSE(body["items"][0]["signals"].contains("pdq"));
    return allow_but_a(body);
  });
  EXPECT_THAT(search(signals_with({})), IsEmpty());
}

TEST_F(ServiceBankTest, ManyCallersAreAnsweredRightInNoMoreRequestsAtOnceThanAllowed) {
  std::atomic<int> flying = 0;
  std::atomic<int> flying_max = 0;
  std::atomic<std::size_t> items = 0;
  open(
      [&](const Json& body, int) {
        const int now = ++flying;
        for (int seen = flying_max; seen < now && !flying_max.compare_exchange_weak(seen, now);) {
        }
        items += body["items"].size();
        std::this_thread::yield();
        --flying;
        return allow_but_a(body);
      },
      2);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 50; ++i) {
        const bool listed = (i + caller) % 3 == 0;
        if (search(signals_with({hash(listed ? 'a' : '0')})).empty() == listed) ++wrong;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(items, 400U);
  EXPECT_LE(flying_max, 2);
  EXPECT_LE(fetcher_->asked.size(), 400U);
}

TEST_F(ServiceBankTest, AsksAgainUnderOneNameWhenTheServiceSays) {
  open([](const Json& body, int request) -> Result<Said> {
    if (request == 0) return fail(Code::kUnavailable, "seawall.example: connection reset");
    if (request == 1) return Said{503, "", "7"};
    if (request == 2) return Said{409, R"({"type":"/problems/in-progress"})", "2"};
    return allow_but_a(body);
  });
  EXPECT_THAT(search(signals_with({hash('a')})), SizeIs(1));
  ASSERT_THAT(fetcher_->asked, SizeIs(4));
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(fetcher_->header(i, "Idempotency-Key"), fetcher_->header(0, "Idempotency-Key"));
  }
  EXPECT_THAT(fetcher_->header(0, "Idempotency-Key"), testing::MatchesRegex("\"[A-Za-z0-9_-]*\""));
  ASSERT_THAT(waits_, SizeIs(3));
  EXPECT_GE(waits_[1], std::chrono::seconds(7));
  EXPECT_GE(waits_[2], std::chrono::seconds(2));
}

TEST_F(ServiceBankTest, HalvesABatchThatPassesTheKeysRate) {
  open([](const Json& body, int) -> Result<Said> {
    if (body["items"].size() > 1) return Said{429, R"({"detail":"This key may ask 1 item a second."})", "1"};
    return allow_but_a(body);
  });
  // One file of three items.
  std::vector<VariantHash> hashes(600, hash('0'));
  hashes[599] = hash('a');
  EXPECT_THAT(search(signals_with(hashes)), SizeIs(1));
}

TEST_F(ServiceBankTest, GivesUpForGoodAfterItsTriesAndSaysSoAtOnceLater) {
  open([](const Json&, int) { return Said{503, R"({"detail":"All queues are full."})", ""}; });
  const Error error = error_of(signals_with({hash('0')}));
  EXPECT_EQ(error.code, Code::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("HTTP 503: All queues are full."));
  EXPECT_THAT(fetcher_->asked, SizeIs(10));
  EXPECT_EQ(error_of(signals_with({hash('0')})).message, error.message);
  EXPECT_THAT(fetcher_->asked, SizeIs(10));
}

TEST_F(ServiceBankTest, ARefusalIsNotRepeated) {
  open([](const Json&, int) { return Said{401, R"({"detail":"Send a key."})", ""}; });
  EXPECT_THAT(error_of(signals_with({hash('0')})).message, HasSubstr("HTTP 401: Send a key."));
  EXPECT_THAT(fetcher_->asked, SizeIs(1));
}

TEST_F(ServiceBankTest, WhatIsNoAnswerIsNotBelieved) {
  for (const std::string body :
       {"<html>", "{}", R"({"answers":[]})", R"({"answers":[{}]})", R"({"answers":[{"verdict":"allow"}]})",
        R"({"answers":[{"verdict":"block","matches":[{"bank":"k"}]}]})"}) {
    open([&](const Json&, int) { return Said{200, body, ""}; });
    const Error error = error_of(signals_with({hash('0')}));
    EXPECT_EQ(error.code, Code::kUnavailable) << body;
    EXPECT_THAT(error.message, HasSubstr("not that of a look-up service")) << body;
  }
}

TEST_F(ServiceBankTest, AnItemThatFailedIsThatFilesErrorBesideItsMatches) {
  open([](const Json&, int request) {
    Json item = answer(request == 0 ? Json::array() : Json::array({match("1.1", 0, 0, "md5")}));
    item["failed"] = {{"error", {{"code", "corrupt"}, {"message", "An operator runs: seawall doctor."}}}};
    return said(Json::array({item}));
  });
  EXPECT_EQ(error_of(signals_with({hash('0')})).code, Code::kCorrupt);
  std::vector<RecordedMatch> matches;
  EXPECT_FALSE(bank_->search(signals_with({hash('0')}), matches));
  EXPECT_THAT(matches, SizeIs(1));
}

TEST_F(ServiceBankTest, StopEndsAWait) {
  ServiceBank& bank = open([&](const Json&, int) {
    bank_->stop();
    return Said{503, "", "1"};
  });
  EXPECT_EQ(error_of(signals_with({hash('0')})).code, Code::kUnavailable);
  EXPECT_THAT(fetcher_->asked, SizeIs(1));
  bank.stop();
}

TEST_F(ServiceBankTest, RefusesAddressesThatWouldShowTheKey) {
  ScriptedFetcher fetcher([](const Json& body, int) { return allow_but_a(body); });
  for (const char* url :
       {"http://seawall.example", "https://seawall.example/path", "ftp://a", "seawall.example", ""}) {
    const auto opened = ServiceBank::open({.url = url, .authorization = {}}, fetcher, random_);
    ASSERT_FALSE(opened) << url;
    EXPECT_EQ(opened.error().code, Code::kInvalidInput);
  }
  EXPECT_TRUE(ServiceBank::open({.url = "http://127.0.0.1:8080", .authorization = {}}, fetcher, random_));
}

}  // namespace
}  // namespace seawall
