// The poller with real parts: ffmpeg writes live streams of a test pattern, a
// real server serves them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "live/processes.h"
#include "seawall/base/system_clock.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/net_curl/curl_async_fetcher.h"
#include "seawall/stream_poll/poller.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using test::Program;
using Kind = StreamEvent::Kind;

constexpr std::array<std::byte, 16> kKey{std::byte{0x10}, std::byte{0x32}, std::byte{0x54}, std::byte{0x76},
                                         std::byte{0x98}};

class Kept final : public PollSink {
 public:
  void on_segment(LiveSegment segment) override { segments[segment.stream].push_back(std::move(segment)); }
  void on_event(const StreamEvent& event) override {
    events[event.stream].push_back(event);
    lines += std::to_string(static_cast<unsigned>(event.stream)) + " " + std::string(name_of(event.kind)) +
             " " +
             (event.lost > 0 ? std::to_string(event.lost) + " " + std::string(name_of(event.cause))
                             : event.reason) +
             "\n";
  }
  [[nodiscard]] std::size_t count(StreamId id, Kind kind) {
    return static_cast<std::size_t>(std::ranges::count(events[id], kind, &StreamEvent::kind));
  }
  std::map<StreamId, std::vector<LiveSegment>> segments;
  std::map<StreamId, std::vector<StreamEvent>> events;
  std::string lines;
};

class LivePoll : public ::testing::Test {
 protected:
  void SetUp() override {
    if (test::output_of("ffmpeg -version 2>/dev/null").empty()) GTEST_SKIP() << "apt-get install ffmpeg";
    ::setenv("no_proxy", "127.0.0.1", 1);
    server_ = std::make_unique<Program>(
        std::vector<std::string>{SEAWALL_TEST_PYTHON, "-B", SEAWALL_LIVE_ORIGIN, root()});
    port_ = server_->first_line();
    CurlOptions options;
    options.in_memory = options.public_only = true;
    options.allowed_networks = {*Network::from_text("127.0.0.1/32")};
    auto made = CurlAsyncFetcher::open(std::move(options));
    ASSERT_TRUE(made) << made.error().message;
    fetcher_ = *std::move(made);
    poller_ = std::make_unique<Poller>(
        *fetcher_, clock_, random_, kept_,
        PollLimits{.attempts = 12, .back_off_first = 300ms, .back_off_most = 1s, .stalled_least = 3s});
  }

  [[nodiscard]] std::string root() const { return folder_.path().string(); }
  /// A test pattern of `seconds`, as fast as it is watched, in a folder of its
  /// own.
  std::unique_ptr<Program> source(const std::string& name, const std::string& seconds,
                                  std::vector<std::string> how, const std::string& last) {
    std::filesystem::create_directories(root() + "/" + name);
    std::vector<std::string> words{
        "ffmpeg", "-nostdin", "-re",  "-f",       "lavfi",   "-i",        "testsrc2=size=160x90:rate=10",
        "-t",     seconds,    "-c:v", "libx264",  "-preset", "ultrafast", "-threads",
        "1",      "-g",       "10",   "-pix_fmt", "yuv420p"};
    words.insert(words.end(), how.begin(), how.end());
    words.push_back(root() + "/" + name + "/" + last);
    return std::make_unique<Program>(std::move(words));
  }
  std::string url(const std::string& path) { return "http://127.0.0.1:" + port_ + "/" + path; }
  StreamId follow(const std::string& path, std::optional<StreamKey> key = {}) {
    const auto id = poller_->add({.url = url(path), .key = std::move(key)});
    EXPECT_TRUE(id);
    return *id;
  }
  void fault(const std::string& what) { std::ofstream(root() + "/FAULT") << what; }
  /// Steps until `enough` or `most` has passed; whether it was enough.
  bool run_until(std::chrono::seconds most, const std::function<bool()>& enough) {
    const auto end = clock_.now() + most;
    while (!enough() && clock_.now() < end) poller_->step(100ms);
    return enough();
  }
  void wait_for_file(const std::string& name) {
    run_until(20s, [&] { return std::filesystem::exists(root() + "/" + name); });
  }
  /// How many video packets and key packets ffprobe finds in what was given.
  std::pair<int, int> packets(StreamId id) {
    const std::string path = root() + "/probe";
    std::ofstream file(path, std::ios::binary);
    std::shared_ptr<const std::vector<std::byte>> init;
    for (const LiveSegment& each : kept_.segments[id]) {
      const auto put = [&](const std::vector<std::byte>& bytes) {
        file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
      };
      if (each.init && !init) put(*each.init);
      init = each.init;
      put(each.media);
    }
    file.close();
    const std::string text = test::output_of(
        "ffprobe -v error -select_streams v -show_entries "
        "packet=flags -of csv=p=0 " +
        path);
    // A line a packet; for TS an empty one behind each.
    std::istringstream lines(text);
    std::pair<int, int> counts{0, 0};
    for (std::string line; std::getline(lines, line);) {
      counts.first += line.empty() ? 0 : 1;
      counts.second += line.starts_with('K') ? 1 : 0;
    }
    return counts;
  }

  SystemClock clock_;
  SystemRandom random_;
  TemporaryFolder folder_ = *TemporaryFolder::make("seawall-live");
  std::unique_ptr<Program> server_;
  std::string port_;
  Kept kept_;
  std::unique_ptr<CurlAsyncFetcher> fetcher_;
  std::unique_ptr<Poller> poller_;
};

TEST_F(LivePoll, GivesAllThatFfmpegWritesAsHlsAndDashInEveryForm) {
  const std::string key(reinterpret_cast<const char*>(kKey.data()), kKey.size());
  std::ofstream(root() + "/key", std::ios::binary) << key;
  std::ofstream(root() + "/keyinfo") << "/nowhere/key\n" << root() << "/key\n";
  const std::vector<std::string> hls{"-f", "hls", "-hls_time", "1", "-hls_list_size", "6"};
  const auto with = [](std::vector<std::string> words, std::vector<std::string> more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  const std::vector<std::string> dash{"-f", "dash", "-seg_duration", "1", "-window_size", "8"};
  const std::string length = "14";
  std::vector<std::unique_ptr<Program>> sources;
  sources.push_back(source("ts", length, hls, "i.m3u8"));
  sources.push_back(source("fmp4", length, with(hls, {"-hls_segment_type", "fmp4"}), "i.m3u8"));
  sources.push_back(source("aes", length, with(hls, {"-hls_key_info_file", root() + "/keyinfo"}), "i.m3u8"));
  sources.push_back(source("timeline", length, with(dash, {"-use_timeline", "1"}), "i.mpd"));
  sources.push_back(source("number", length, with(dash, {"-use_timeline", "0"}), "i.mpd"));
  std::map<std::string, StreamId> ids;
  for (const std::string name : {"ts", "fmp4", "aes"}) {
    wait_for_file(name + "/i.m3u8");
    ids[name] =
        follow(name + "/i.m3u8", name == "aes" ? std::optional<StreamKey>(StreamKey(kKey)) : std::nullopt);
  }
  for (const std::string name : {"timeline", "number"}) {
    wait_for_file(name + "/i.mpd");
    ids[name] = follow(name + "/i.mpd");
  }
  run_until(90s, [&] { return poller_->streams() == 0; });
  EXPECT_EQ(poller_->streams(), 0U) << kept_.lines;
  for (const auto& [name, id] : ids) {
    SCOPED_TRACE(name);
    const auto& segments = kept_.segments[id];
    ASSERT_GE(segments.size(), 8U) << kept_.lines;
    EXPECT_EQ(kept_.count(id, Kind::kGap), 0U) << kept_.lines;
    EXPECT_EQ(kept_.count(id, Kind::kEnded), 1U);
    for (std::size_t i = 1; i < segments.size(); ++i) {
      EXPECT_EQ(segments[i].sequence, segments[i - 1].sequence + 1);
      EXPECT_FALSE(segments[i].discontinuity);
    }
    EXPECT_EQ(segments[0].init != nullptr, name != "ts" && name != "aes");
    // 10 frames and a key picture for each second that was given.
    const auto [all, key_packets] = packets(id);
    EXPECT_NEAR(all, static_cast<int>(segments.size()) * 10, 10);
    EXPECT_NEAR(key_packets, static_cast<int>(segments.size()), 1);
  }
}

TEST_F(LivePoll, ComesThroughRestartsStallsRefusalsAndGarbage) {
  const std::vector<std::string> hls{"-f", "hls", "-hls_time", "1", "-hls_list_size", "4"};
  auto ffmpeg = source("s", "100", hls, "i.m3u8");
  wait_for_file("s/i.m3u8");
  const StreamId id = follow("s/i.m3u8");
  const auto given = [&] { return kept_.segments[id].size(); };
  const auto more = [&](std::size_t from) { return [&, from] { return given() >= from + 3; }; };
  ASSERT_TRUE(run_until(30s, [&] { return given() >= 10; })) << kept_.lines;

  ffmpeg->kill();  // Without an end in the playlist.
  ASSERT_TRUE(run_until(20s, [&] { return kept_.count(id, Kind::kStalled) == 1; })) << kept_.lines;
  ffmpeg = source("s", "200", hls, "i.m3u8");  // From number 0, under the same names.
  ASSERT_TRUE(run_until(30s, [&] { return kept_.count(id, Kind::kRestarted) == 1; })) << kept_.lines;
  EXPECT_GE(kept_.count(id, Kind::kResumed), 1U);
  ASSERT_TRUE(run_until(30s, more(given()))) << kept_.lines;

  for (const std::string what : {"404", "garbage"}) {
    SCOPED_TRACE(what);
    const auto failing = kept_.count(id, Kind::kFailing);
    fault(what);
    ASSERT_TRUE(run_until(20s, [&] { return kept_.count(id, Kind::kFailing) > failing; })) << kept_.lines;
    fault("");
    ASSERT_TRUE(run_until(30s, more(given()))) << kept_.lines;
  }
  fault("stall");
  run_until(5s, [] { return false; });
  fault("");
  ASSERT_TRUE(run_until(30s, more(given()))) << kept_.lines;
  EXPECT_EQ(poller_->streams(), 1U);
  EXPECT_EQ(kept_.count(id, Kind::kFailed) + kept_.count(id, Kind::kEnded), 0U);
  // Whatever it was given is video, garbage apart: that is served as segments
  // too, and only a decoder can tell.
  const auto ts =
      std::ranges::count_if(kept_.segments[id], [](const auto& s) { return s.media[0] == std::byte{0x47}; });
  EXPECT_GE(static_cast<std::size_t>(ts) + 3, given());
}

TEST_F(LivePoll, ReachesNoPrivateAddressUnlessTheOperatorNamesIt) {
  CurlOptions options;
  options.in_memory = options.public_only = true;
  const auto fetcher = CurlAsyncFetcher::open(std::move(options));
  ASSERT_TRUE(fetcher);
  Poller poller(**fetcher, clock_, random_, kept_);
  const auto id = poller.add({.url = url("ts/i.m3u8")});
  ASSERT_TRUE(id);
  const auto end = clock_.now() + 10s;
  while (kept_.events[*id].empty() && clock_.now() < end) poller.step(100ms);
  ASSERT_EQ(kept_.events[*id].size(), 1U);
  EXPECT_EQ(kept_.events[*id][0].kind, Kind::kFailing);
  EXPECT_THAT(kept_.events[*id][0].reason, ::testing::HasSubstr("public internet"));
}

}  // namespace
}  // namespace seawall
