#include "seawall/stream_hooks/watch_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seawall/json/json.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using testing::HasSubstr;

std::vector<WatchState> two_streams() {
  const Time then{std::chrono::milliseconds(1'700'000'000'000)};
  WatchState lobby;
  lobby.stream = WatchId{1};
  lobby.name = "lobby \"1\"";
  lobby.phase = WatchPhase::kLive;
  lobby.codec = "h264";
  lobby.frames = 40;
  lobby.lag = std::chrono::milliseconds(250);
  lobby.last_frame = then;
  WatchState cam;
  cam.stream = WatchId{2};
  cam.name = "cam";
  cam.phase = WatchPhase::kFailing;
  cam.trouble = "nobody listens there";
  WatchState yard;
  yard.stream = WatchId{3};
  yard.name = "yard";
  yard.phase = WatchPhase::kLive;
  yard.trouble = "no key picture comes";
  return {lobby, cam, yard};
}

TEST(WatchMetrics, CountEachStreamAndAll) {
  WatchCounts counts;
  counts.frames = 40;
  counts.lags.looks[2] = 30;
  counts.lags.looks.back() = 10;
  counts.lags.sum_s = 101.5;
  counts.closer_lags.add(std::chrono::milliseconds(500));
  counts.closer_lags.add(std::chrono::milliseconds(10'001));
  counts.closer_left_out = 7;
  const Time now{std::chrono::milliseconds(1'700'000'003'000)};
  const std::string text = watch_metrics(two_streams(), counts, now);
  for (const char* line :
       {"seawall_streams_pictures_total 40\n", "seawall_streams{phase=\"live\"} 2\n",
        "seawall_streams{phase=\"failing\"} 1\n", "seawall_streams{phase=\"over\"} 0\n",
        "seawall_stream_lag_seconds{stream=\"lobby \\\"1\\\"\"} 0.25\n",
        "seawall_stream_last_picture_seconds{stream=\"lobby \\\"1\\\"\"} 3\n",
        "seawall_streams_lag_seconds_bucket{le=\"0.025\"} 0\n",
        "seawall_streams_lag_seconds_bucket{le=\"0.05\"} 30\n",
        "seawall_streams_lag_seconds_bucket{le=\"10.0\"} 30\n",
        "seawall_streams_lag_seconds_bucket{le=\"+Inf\"} 40\n", "seawall_streams_lag_seconds_sum 101.5\n",
        "seawall_streams_lag_seconds_count 40\n",
        "seawall_streams_closer_lag_seconds_bucket{le=\"0.25\"} 0\n",
        "seawall_streams_closer_lag_seconds_bucket{le=\"0.5\"} 1\n",
        "seawall_streams_closer_lag_seconds_count 2\n", "seawall_streams_closer_looks_left_out_total 7\n",
        "seawall_streams_blind 1\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(WatchMetrics, AreAlsoADocument) {
  const auto json = parse_json(watch_states_json(two_streams(), {}));
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["streams"][0]["phase"], "live");
  EXPECT_EQ((*json)["streams"][0]["last_picture"], "2023-11-14T22:13:20Z");
  EXPECT_EQ((*json)["streams"][1]["trouble"], "nobody listens there");
}

}  // namespace
