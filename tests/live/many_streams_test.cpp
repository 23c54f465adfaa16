// Hundreds of streams on one thread, over real connections: one source under
// many addresses behind nginx. Prints what it cost; SEAWALL_LIVE_STREAMS and
// SEAWALL_LIVE_SECONDS make it larger than a test needs.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "live/processes.h"
#include "seawall/base/system_clock.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/base/unique_fd.h"
#include "seawall/net_curl/curl_async_fetcher.h"
#include "seawall/stream_poll/poller.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::Program;

int number_from(const char* name, int otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

/// A port that nobody listened on a moment ago.
int free_port() {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) return 0;
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.sin_port);
}

double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Counts, and keeps how long each segment took from the moment it was whole at
/// the source.
class Counting final : public PollSink {
 public:
  explicit Counting(const Clock& clock) : clock_(clock) {}
  void on_segment(LiveSegment segment) override {
    ++given[segment.stream];
    bytes += segment.media.size();
    if (!segment.program_time) return;
    const auto whole = *segment.program_time + std::chrono::ceil<milliseconds>(segment.duration);
    lags.push_back(clock_.now() - whole);
  }
  void on_event(const StreamEvent& event) override {
    lost += event.lost;
    if (event.kind == StreamEvent::Kind::kFailing) ++failing;
  }
  std::map<StreamId, int> given;
  std::vector<milliseconds> lags;
  std::uint64_t lost = 0, bytes = 0, failing = 0;

 private:
  const Clock& clock_;
};

class ManyStreams : public ::testing::Test {
 protected:
  void SetUp() override {
    nginx_ = std::filesystem::exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "";
    if (nginx_.empty() || test::output_of("ffmpeg -version 2>/dev/null").empty()) {
      GTEST_SKIP() << "apt-get install ffmpeg nginx-light";
    }
    ::setenv("no_proxy", "127.0.0.1", 1);
    root_ = folder_.path().string();
    port_ = std::to_string(free_port());
    std::filesystem::create_directories(root_ + "/s");
    std::ofstream(root_ + "/nginx.conf")
        << (::getuid() == 0 ? "user root;" : "") << "daemon off; pid " << root_ << "/pid; error_log " << root_
        << "/errors; worker_processes 1; events { worker_connections 4096; } "
           "http { access_log off; "
        << "keepalive_requests 1000000; client_body_temp_path " << root_ << "/b; proxy_temp_path " << root_
        << "/p; fastcgi_temp_path " << root_ << "/f; uwsgi_temp_path " << root_ << "/u; scgi_temp_path "
        << root_ << "/c; server { listen 127.0.0.1:" << port_ << "; location ~ ^/[0-9]+/(.*)$ { alias "
        << root_ << "/s/$1; } } }\n";
    source_ = std::make_unique<Program>(std::vector<std::string>{"ffmpeg",
                                                                 "-nostdin",
                                                                 "-re",
                                                                 "-f",
                                                                 "lavfi",
                                                                 "-i",
                                                                 "testsrc2=size=640x360:rate=25",
                                                                 "-c:v",
                                                                 "libx264",
                                                                 "-preset",
                                                                 "ultrafast",
                                                                 "-threads",
                                                                 "1",
                                                                 "-g",
                                                                 "50",
                                                                 "-b:v",
                                                                 "600k",
                                                                 "-pix_fmt",
                                                                 "yuv420p",
                                                                 "-f",
                                                                 "hls",
                                                                 "-hls_time",
                                                                 "2",
                                                                 "-hls_list_size",
                                                                 "10",
                                                                 "-hls_flags",
                                                                 "program_date_time+temp_file",
                                                                 root_ + "/s/i.m3u8"});
    server_ =
        std::make_unique<Program>(std::vector<std::string>{nginx_, "-p", root_, "-c", root_ + "/nginx.conf"});
  }

  SystemClock clock_;
  SystemRandom random_;
  TemporaryFolder folder_ = *TemporaryFolder::make("seawall-many");
  std::string root_, port_, nginx_;
  std::unique_ptr<Program> source_, server_;
};

TEST_F(ManyStreams, AreFollowedOnOneThreadWithoutAGap) {
  const int streams = number_from("SEAWALL_LIVE_STREAMS", 200);
  const auto seconds = std::chrono::seconds(number_from("SEAWALL_LIVE_SECONDS", 12));
  CurlOptions options;
  options.in_memory = options.public_only = true;
  options.allowed_networks = {*Network::from_text("127.0.0.1/32")};
  const auto fetcher = CurlAsyncFetcher::open(std::move(options));
  ASSERT_TRUE(fetcher);
  Counting sink(clock_);
  Poller poller(**fetcher, clock_, random_, sink);
  const auto ready = clock_.now() + 30s;
  while (!std::filesystem::exists(root_ + "/s/i2.ts") && clock_.now() < ready) poller.step(50ms);
  for (int i = 0; i < streams; ++i) {
    ASSERT_TRUE(poller.add({.url = "http://127.0.0.1:" + port_ + "/" + std::to_string(i) + "/i.m3u8"}));
  }
  const auto run = [&](milliseconds time) {
    const auto end = clock_.now() + time;
    while (clock_.now() < end) poller.step(100ms);
  };
  run(4s);  // The first segments of all come at once.
  sink.lags.clear();
  const auto before = poller.counts();
  const double used = processor_seconds();
  const auto begun = clock_.now();
  run(seconds);
  const double wall = std::chrono::duration<double>(clock_.now() - begun).count();
  const double cpu = processor_seconds() - used;
  const auto after = poller.counts();
  std::ranges::sort(sink.lags);
  const auto at = [&](double part) {
    return sink.lags.empty()
               ? -1
               : sink.lags[static_cast<std::size_t>(part * static_cast<double>(sink.lags.size() - 1))]
                     .count();
  };
  std::printf(
      "%d streams, %.1f s: %.3f of a core, %.0f requests/s, %.1f MB/s, "
      "%zu segments, lost %lu, "
      "whole at the source to given: median %ld ms, 99 %% %ld ms, most "
      "%ld ms\n",
      streams, wall, cpu / wall, static_cast<double>(after.requests - before.requests) / wall,
      static_cast<double>(after.bytes - before.bytes) / wall / 1e6, sink.lags.size(),
      static_cast<unsigned long>(sink.lost), at(0.5), at(0.99), at(1));
  EXPECT_EQ(sink.lost, 0U);
  EXPECT_EQ(sink.failing, 0U);
  EXPECT_EQ(sink.given.size(), static_cast<std::size_t>(streams));
  const int least = static_cast<int>(seconds.count() / 2) - 2;
  for (const auto& [id, count] : sink.given) EXPECT_GE(count, least);
}

}  // namespace
}  // namespace seawall
