#include "seawall/streams/alert_text.h"

#include "seawall/json/json.h"
#include "seawall/model/time_text.h"
#include "seawall/stream_evidence/evidence.h"

namespace seawall {

std::string alert_json(std::string_view id, const AlertTimes& times, const WatchAlert& alert,
                       const AttachedStream& stream, const ClipStanding& listed) {
  Json json;
  json["alert"] = std::string(id);
  json["stream"] = stream.name;
  json["stream_id"] = stream.id;
  if (!stream.labels.empty()) {
    for (const auto& [name, value] : stream.labels) json["labels"][name] = value;
  }
  json["at"] = to_text(times.at);
  if (times.last_shown) json["last_shown"] = to_text(*times.last_shown);
  json["bank"] = listed.bank_name;
  json["entry"] = to_text(listed.entry);
  json["action"] = std::string(name_of(listed.action));
  json["silent"] = listed.force != ClipForce::kInForce;
  json["tier"] = std::string(name_of(alert.clip.segment.tier));
  json["is_rise"] = alert.clip.is_rise;
  WatchAlert named = alert;
  named.name = stream.name;
  std::string text = to_line(json);
  text.pop_back();
  return text + ",\"evidence\":" + evidence_line(named, {listed.bank_name, to_text(listed.entry)}) + "}";
}

std::string alert_webhook_body(std::string_view alert_json, Time at) {
  return R"({"type":"stream.match","timestamp":")" + to_text(at) + R"(","data":)" + std::string(alert_json) +
         "}";
}

bool cuts_off(const ClipStanding& listed, const WatchAlert& alert, const AttachedStream& stream) {
  return stream.cut_off && listed.force == ClipForce::kInForce &&
         alert.clip.segment.tier >= stream.cut_off->tier && listed.action <= stream.cut_off->action;
}

}  // namespace seawall
