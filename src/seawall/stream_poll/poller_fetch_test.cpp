#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "seawall/stream_poll/detail/fake_origin.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using test::ends_with;
using test::Live;
using test::Reply;
using ::testing::Contains;
using ::testing::HasSubstr;
using Kind = StreamEvent::Kind;

TEST(PollSegments, GivesUpTheOldestWhereItCannotKeepUp) {
  Live live({.segments_waiting = 4, .segment_deadline = 60s});
  live.special = [](const FetchRequest& request) -> std::optional<Reply> {
    if (!ends_with(request, ".ts")) return std::nullopt;
    return Reply{.body = "slow", .takes = 9s};
  };
  live.follow();
  live.scene.run(300s);
  EXPECT_THAT(live.scene.sink.lines, Contains(HasSubstr("lagging")));
  EXPECT_GT(live.scene.sink.segments.size(), 40U);
  const auto& last = live.scene.sink.segments.back();
  EXPECT_LE(live.scene.clock.now() - last.listed_at, 40s);
  EXPECT_EQ(live.scene.sink.segments.size() + live.scene.sink.lost_before_last, last.sequence - 107U);
}

TEST(PollSegments, FetchesNothingWhileThereIsNoRoomAndTellsWhatThatCost) {
  Live live({.segments_waiting = 4});
  live.follow();
  live.scene.run(10s);
  live.scene.sink.room = false;
  const std::size_t before = live.scene.origin.count(".ts");
  live.scene.run(30s);
  EXPECT_LE(live.scene.origin.count(".ts"), before + 1);
  live.scene.sink.room = true;
  live.scene.run(20s);
  EXPECT_THAT(live.scene.sink.lines, Contains(HasSubstr("lagging")));
  EXPECT_EQ(live.scene.sink.segments.size() + live.scene.sink.lost_before_last,
            live.scene.sink.segments.back().sequence - 107U);
}

TEST(PollSegments, FetchesAnInitializationOnceAndAgainBehindADiscontinuity) {
  Live live;
  live.source.head = "#EXT-X-MAP:URI=\"init.mp4\"\n";
  live.source.before = [](std::uint64_t i) { return i == 115 ? "#EXT-X-DISCONTINUITY\n" : ""; };
  int version = 0;
  live.special = [&](const FetchRequest& request) -> std::optional<Reply> {
    if (!ends_with(request, "init.mp4")) return std::nullopt;
    return Reply{.body = "init " + std::to_string(++version)};
  };
  live.follow();
  live.scene.run(18s);
  EXPECT_THAT(live.scene.sink.lines, Contains("segment 115 new"));
  EXPECT_EQ(live.scene.origin.count("init.mp4"), 2U);
  for (const LiveSegment& segment : live.scene.sink.segments) {
    ASSERT_TRUE(segment.init);
    const std::string_view text(reinterpret_cast<const char*>(segment.init->data()), segment.init->size());
    EXPECT_EQ(text, segment.sequence < 115 ? "init 1" : "init 2") << segment.sequence;
  }
}

TEST(PollSegments, LosesSegmentsWithoutTheirInitializationAndAsksForItAgain) {
  Live live;
  live.source.head = "#EXT-X-MAP:URI=\"init.mp4\"\n";
  const Time until = live.scene.clock.now() + 20s;
  live.special = [&, until](const FetchRequest& request) -> std::optional<Reply> {
    if (!ends_with(request, "init.mp4")) return std::nullopt;
    if (live.scene.clock.now() < until) return Reply{.status = 500, .body = ""};
    return Reply{.body = "init"};
  };
  live.follow();
  live.scene.run(60s);
  EXPECT_THAT(live.scene.sink.lines, Contains(HasSubstr("not_served")));
  EXPECT_GT(live.scene.sink.segments.size(), 10U);
  EXPECT_TRUE(live.scene.sink.segments.back().init);
}

TEST(PollSegments, AsksForRangesAndTakesThemOutOfAWholeAnswerToo) {
  Live live;
  bool whole = false;
  live.source.head = "#EXT-X-I-FRAMES-ONLY\n";
  live.source.before = [](std::uint64_t i) { return "#EXT-X-BYTERANGE:3@" + std::to_string(i % 10) + "\n"; };
  live.special = [&](const FetchRequest& request) -> std::optional<Reply> {
    if (!ends_with(request, ".ts")) return std::nullopt;
    const std::string all = "0123456789abc";
    const auto range = std::ranges::find(request.headers, "Range", [](const auto& h) { return h.first; });
    if (range == request.headers.end()) return Reply{.status = 500, .body = ""};
    if (whole) return Reply{.body = all};
    const auto first = static_cast<std::size_t>(range->second[6] - '0');
    return Reply{.status = 206, .body = all.substr(first, 3)};
  };
  live.follow();
  live.scene.run(10s);
  whole = true;
  live.scene.run(10s);
  ASSERT_GT(live.scene.sink.segments.size(), 7U);
  for (const auto& segment : live.scene.sink.segments) {
    EXPECT_EQ(live.scene.sink.text(segment), std::string("0123456789abc").substr(segment.sequence % 10, 3));
    EXPECT_TRUE(segment.i_frames_only);
  }
  EXPECT_EQ(live.scene.sink.count(Kind::kGap), 0U);
}

using KeyBytes = std::array<std::byte, 16>;

constexpr KeyBytes kKey{std::byte{1}, std::byte{2}, std::byte{3}};

/// OpenSSL's own encryption of `text`.
std::string sealed(std::string_view text, const KeyBytes& key, const KeyBytes& iv) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> aes(EVP_CIPHER_CTX_new(),
                                                                            EVP_CIPHER_CTX_free);
  std::string out(text.size() + 32, '\0');
  auto* const to = reinterpret_cast<unsigned char*>(out.data());
  int body = 0;
  int rest = 0;
  EXPECT_EQ(EVP_EncryptInit_ex(aes.get(), EVP_aes_128_cbc(), nullptr,
                               reinterpret_cast<const unsigned char*>(key.data()),
                               reinterpret_cast<const unsigned char*>(iv.data())),
            1);
  EXPECT_EQ(EVP_EncryptUpdate(aes.get(), to, &body, reinterpret_cast<const unsigned char*>(text.data()),
                              static_cast<int>(text.size())),
            1);
  EXPECT_EQ(EVP_EncryptFinal_ex(aes.get(), to + body, &rest), 1);
  out.resize(static_cast<std::size_t>(body + rest));
  return out;
}

/// Serves segments that are encrypted with their number as IV.
struct Sealed : Live {
  explicit Sealed(std::string_view method = "AES-128") {
    source.head = "#EXT-X-KEY:METHOD=" + std::string(method) + ",URI=\"/keys/k1\"\n";
    special = [this](const FetchRequest& request) -> std::optional<Reply> {
      if (request.url.find("/keys/") != std::string::npos) {
        return Reply{.body = std::string(reinterpret_cast<const char*>(served.data()), served.size())};
      }
      const auto at = request.url.find("seg");
      if (at == std::string::npos) return std::nullopt;
      const auto number = std::stoul(request.url.substr(at + 3));
      KeyBytes iv{};
      iv[15] = static_cast<std::byte>(number);
      return Reply{.body = sealed("clear " + std::to_string(number), kKey, iv)};
    };
  }
  KeyBytes served = kKey;
};

StreamSettings with(std::optional<StreamKey> key, bool fetch_keys) {
  return {.url = "https://live.example/a/index.m3u8", .key = std::move(key), .fetch_keys = fetch_keys};
}

void expect_clear(const Live& live) {
  ASSERT_GT(live.scene.sink.segments.size(), 5U);
  for (const auto& segment : live.scene.sink.segments) {
    EXPECT_EQ(live.scene.sink.text(segment), "clear " + std::to_string(segment.sequence));
  }
  EXPECT_EQ(live.scene.sink.count(Kind::kGap), 0U);
}

TEST(PollKeys, DecryptsWithTheKeyThatTheOperatorGaveAndAsksForNone) {
  Sealed live;
  live.follow(with(StreamKey(kKey), true));
  live.scene.run(20s);
  expect_clear(live);
  EXPECT_EQ(live.scene.origin.count("/keys/"), 0U);
}

TEST(PollKeys, FetchesAKeyOnlyWhereTheOperatorAllowsIt) {
  Sealed allowed;
  allowed.follow(with(std::nullopt, true));
  allowed.scene.run(20s);
  expect_clear(allowed);
  EXPECT_EQ(allowed.scene.origin.count("/keys/"), 1U);
  Sealed denied;
  denied.follow(with(std::nullopt, false));
  denied.scene.run(20s);
  EXPECT_EQ(denied.scene.origin.count("/keys/"), 0U);
  EXPECT_EQ(denied.scene.origin.count(".ts"), 0U);
  EXPECT_TRUE(denied.scene.sink.segments.empty());
  EXPECT_THAT(denied.scene.sink.lines, Contains(HasSubstr("no_key")));
}

TEST(PollKeys, TellsAWrongKeyAsSegmentsThatCannotBeDecrypted) {
  Sealed live;
  KeyBytes wrong = kKey;
  wrong[0] ^= std::byte{0x80};
  live.follow(with(StreamKey(wrong), false));
  live.scene.run(20s);
  EXPECT_THAT(live.scene.sink.lines, Contains(HasSubstr("undecryptable")));
  EXPECT_LE(live.scene.sink.segments.size(), 1U);  // 1 of 256 wrong paddings looks right.
}

TEST(PollKeys, NamesMethodsThatItDoesNotDecrypt) {
  for (const std::string_view method : {"SAMPLE-AES", "SAMPLE-AES-CTR", "OTHER"}) {
    Sealed live(method);
    live.follow(with(StreamKey(kKey), true));
    live.scene.run(20s);
    EXPECT_TRUE(live.scene.sink.segments.empty());
    EXPECT_THAT(live.scene.sink.lines, Contains(HasSubstr("encrypted")));
    EXPECT_EQ(live.scene.origin.count(".ts"), 0U);
  }
}

TEST(PollKeys, RefusesAKeyThatIsNone) {
  Sealed live;
  live.special = [inner = live.special](const FetchRequest& request) -> std::optional<Reply> {
    if (request.url.find("/keys/") != std::string::npos) return Reply{.body = "short"};
    return inner(request);
  };
  live.follow(with(std::nullopt, true));
  live.scene.run(20s);
  EXPECT_TRUE(live.scene.sink.segments.empty());
  EXPECT_THAT(live.scene.sink.lines, Contains(HasSubstr("no_key")));
}

}  // namespace
}  // namespace seawall
