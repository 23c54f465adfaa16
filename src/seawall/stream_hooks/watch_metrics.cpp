#include "seawall/stream_hooks/watch_metrics.h"

#include <algorithm>
#include <array>

#include "seawall/json/json.h"
#include "seawall/model/time_text.h"

namespace seawall {
namespace {

constexpr std::array kPhases{WatchPhase::kWaiting, WatchPhase::kLive, WatchPhase::kStalled,
                             WatchPhase::kFailing, WatchPhase::kOver};

double seconds_of(std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); }

void write_counts(MetricsText& out, const WatchCounts& counts) {
  const auto count = [&out](std::string_view name, std::string_view help, std::uint64_t value) {
    out.family(name, "counter", help);
    out.sample({}, value);
  };
  count("seawall_streams_pieces_total", "Pieces of streams that came.", counts.pieces);
  count("seawall_streams_pictures_total", "Pictures looked at.", counts.frames);
  count("seawall_streams_pieces_left_out_total", "Pieces not looked at for the load.", counts.pieces_unseen);
  count("seawall_streams_pieces_not_decodable_total", "Pieces that could not be decoded.",
        counts.pieces_blind);
  count("seawall_streams_pieces_looked_at_closely_total",
        "Pieces of which more than key pictures was decoded.", counts.closer);
  count("seawall_streams_closer_looks_left_out_total",
        "Pieces of which more was worth a look, and had none for the load.", counts.closer_left_out);
  count("seawall_streams_matches_total", "Listed videos told.", counts.alerts);
  out.family("seawall_streams_pieces_waiting", "gauge", "Pieces that wait to be looked at.");
  out.sample({}, static_cast<std::uint64_t>(counts.pieces_waiting));
  out.family("seawall_streams_spacing_seconds", "gauge",
             "Least time between two pictures of a stream for the load; 0: all that is wanted.");
  out.sample({}, std::chrono::duration<double>(counts.spacing).count());
  out.family("seawall_streams_busy_ratio", "gauge", "Part of the threads' time that is used.");
  out.sample({}, counts.busy);
}

void write_lags(MetricsText& out, std::string_view name, std::string_view help, const WatchLags& lags) {
  out.family(name, "histogram", help);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < WatchLags::kBucketsS.size(); ++i) {
    below += lags.looks[i];
    Json bound = WatchLags::kBucketsS[i];
    out.whole_of("_bucket", {{"le", bound.dump()}}, below);
  }
  below += lags.looks.back();
  out.whole_of("_bucket", {{"le", "+Inf"}}, below);
  out.sample_of("_sum", {}, lags.sum_s);
  out.whole_of("_count", {}, below);
}

void write_phases(MetricsText& out, const std::vector<WatchState>& states) {
  out.family("seawall_streams", "gauge", "Streams, by how they do.");
  for (const WatchPhase phase : kPhases) {
    std::uint64_t count = 0;
    for (const WatchState& state : states) count += state.phase == phase ? 1U : 0U;
    out.sample({{"phase", name_of(phase)}}, count);
  }
  out.family("seawall_streams_blind", "gauge", "Streams that come and cannot be looked at.");
  out.sample({}, static_cast<std::uint64_t>(std::ranges::count_if(states, &WatchState::is_blind)));
}

void write_streams(MetricsText& out, const std::vector<WatchState>& states, Time now) {
  out.family("seawall_stream_lag_seconds", "gauge", "Of the piece looked at last.");
  for (const WatchState& state : states) out.sample({{"stream", state.name}}, seconds_of(state.lag));
  out.family("seawall_stream_last_picture_seconds", "gauge",
             "How long ago the last picture looked at was here.");
  for (const WatchState& state : states) {
    if (state.last_frame != Time{}) out.sample({{"stream", state.name}}, seconds_of(now - state.last_frame));
  }
  const auto count = [&](std::string_view name, std::string_view help, std::uint64_t WatchState::*member) {
    out.family(name, "counter", help);
    for (const WatchState& state : states) out.sample({{"stream", state.name}}, state.*member);
  };
  count("seawall_stream_pictures_total", "Pictures of it looked at.", &WatchState::frames);
  count("seawall_stream_pieces_left_out_total", "Pieces of it not looked at for the load.",
        &WatchState::pieces_unseen);
  count("seawall_stream_pieces_lost_total", "Pieces of it that its source lost.", &WatchState::pieces_lost);
  count("seawall_stream_pieces_not_decodable_total", "Pieces of it that could not be decoded.",
        &WatchState::pieces_blind);
  count("seawall_stream_matches_total", "Listed videos told of it.", &WatchState::alerts);
}

Json json_of(const WatchState& state) {
  Json json;
  json["name"] = state.name;
  json["phase"] = std::string(name_of(state.phase));
  if (!state.trouble.empty()) json["trouble"] = state.trouble;
  if (!state.codec.empty()) json["codec"] = state.codec;
  json["width"] = state.width_px;
  json["height"] = state.height_px;
  json["pictures"] = state.frames;
  json["pieces"] = state.pieces;
  json["pieces_left_out"] = state.pieces_unseen;
  json["pieces_lost"] = state.pieces_lost;
  json["pieces_not_decodable"] = state.pieces_blind;
  json["times_repaired"] = state.times_repaired;
  json["restarts"] = state.restarts;
  json["matches"] = state.alerts;
  json["lag_ms"] = state.lag.count();
  if (state.last_frame != Time{}) json["last_picture"] = to_text(state.last_frame);
  return json;
}

}  // namespace

void write_watch_metrics(MetricsText& out, const std::vector<WatchState>& states, const WatchCounts& counts) {
  write_counts(out, counts);
  write_lags(out, "seawall_streams_lag_seconds",
             "From a piece's arrival to the end of the look at its key pictures.", counts.lags);
  write_lags(out, "seawall_streams_closer_lag_seconds",
             "From a piece's arrival to the end of a closer look at it.", counts.closer_lags);
  write_phases(out, states);
}

std::string watch_metrics(const std::vector<WatchState>& states, const WatchCounts& counts, Time now) {
  MetricsText out;
  write_watch_metrics(out, states, counts);
  write_streams(out, states, now);
  return out.take();
}

std::string watch_states_json(const std::vector<WatchState>& states, const WatchCounts& counts) {
  Json json;
  json["streams"] = Json::array();
  for (const WatchState& state : states) json["streams"].push_back(json_of(state));
  json["counts"]["pieces"] = counts.pieces;
  json["counts"]["pictures"] = counts.frames;
  json["counts"]["matches"] = counts.alerts;
  json["counts"]["pieces_left_out"] = counts.pieces_unseen;
  json["counts"]["spacing_s"] = std::chrono::duration_cast<std::chrono::seconds>(counts.spacing).count();
  return to_line(json);
}

}  // namespace seawall
