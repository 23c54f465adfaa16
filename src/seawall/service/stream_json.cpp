#include "seawall/service/stream_json.h"

#include <cmath>

#include "seawall/json/json.h"
#include "seawall/model/time_text.h"
#include "seawall/streams/stream_address.h"

namespace seawall {
namespace {

Json pieces_of(const WatchState& state) {
  Json json;
  json["came"] = state.pieces;
  json["left_out"] = state.pieces_unseen;
  json["not_decodable"] = state.pieces_blind;
  json["lost"] = state.pieces_lost;
  return json;
}

void add_state(Json& json, const WatchState& state) {
  json["phase"] = std::string(name_of(state.phase));
  if (!state.trouble.empty()) json["trouble"] = state.trouble;
  if (!state.codec.empty()) {
    json["codec"] = state.codec;
    json["width"] = state.width_px;
    json["height"] = state.height_px;
  }
  json["pieces"] = pieces_of(state);
  json["pictures"] = state.frames;
  json["restarts"] = state.restarts;
  json["lag_ms"] = state.lag.count();
  if (state.last_frame != Time{}) json["last_picture"] = to_text(state.last_frame);
}

}  // namespace

std::string stream_json(const StreamView& view, const std::vector<std::string>& banks) {
  const AttachedStream& stream = *view.stream;
  Json json;
  json["name"] = stream.name;
  json["stream_id"] = stream.id;
  json["protocol"] = stream_scheme(stream.url);
  if (!banks.empty()) json["banks"] = banks;
  json["labels"] = Json::object();
  for (const auto& [name, value] : stream.labels) json["labels"][name] = value;
  if (stream.cut_off) {
    json["cut_off"]["tier"] = std::string(name_of(stream.cut_off->tier));
    json["cut_off"]["action"] = std::string(name_of(stream.cut_off->action));
  }
  json["by_hook"] = stream.by_hook;
  json["attached"] = to_text(stream.attached);
  json["attached_by"] = stream.who;
  add_state(json, view.state);
  json["alerts"] = view.count.alerts;
  if (view.count.last) json["last_alert"] = to_text(*view.count.last);
  return to_line(json);
}

std::string load_json(const StreamLoad& load) {
  Json json;
  json["spacing_s"] = std::chrono::duration_cast<std::chrono::seconds>(load.spacing).count();
  json["busy"] = std::round(load.busy * 100) / 100;
  json["streams_max"] = load.streams_max;
  json["admits"] = load.admits;
  return to_line(json);
}

}  // namespace seawall
