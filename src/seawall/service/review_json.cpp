#include "seawall/service/review_json.h"

#include "seawall/model/time_text.h"

namespace seawall {
namespace {

Json decision_json(const ReviewView& item) {
  if (!item.grade && !item.how) return nullptr;
  Json json;
  json["grade"] = item.grade ? Json(name_of(*item.grade)) : Json(nullptr);
  json["classification"] = nullptr;
  if (item.classification) {
    json["classification"] = {{"scheme", name_of(item.classification->scheme)},
                              {"value", item.classification->value}};
  }
  json["how"] = item.how ? Json(name_of(*item.how)) : Json(nullptr);
  json["at"] = time_json(item.decided);
  return json;
}

Json stills_json(const std::vector<ReviewStillView>& stills) {
  Json all = Json::array();
  for (const ReviewStillView& one : stills) {
    all.push_back({{"still", one.n},
                   {"width", one.width_px},
                   {"height", one.height_px},
                   {"frame", one.frame},
                   {"at_ms", one.at_ms}});
  }
  return all;
}

Json work_json(const std::optional<ReviewTotals::Work>& work) {
  if (!work) return nullptr;
  return {{"people", work->people},
          {"graded_7d", work->decisions_7d},
          {"undone_7d", work->undone_7d},
          {"stills_7d", work->stills_7d},
          {"reveal_s_7d", work->reveal_s_7d},
          {"samples_agreed", work->samples_agreed},
          {"samples_differed", work->samples_differed}};
}

}  // namespace

Json time_json(const std::optional<Time>& time) { return time ? Json(to_text(*time)) : Json(nullptr); }

Json json_of(const ReviewView& item) {
  Json json;
  json["item"] = review_item_name(item.id);
  json["state"] = item.shown_state;
  json["severity"] = name_of(item.severity);
  json["kind"] = item.video ? "video" : "picture";
  json["entry"] = item.entry;
  json["bank"] = item.bank;
  json["seen"] = item.seen;
  json["first_seen"] = to_text(item.first_seen);
  json["last_seen"] = to_text(item.last_seen);
  json["cluster"] = {{"cluster", review_item_name(item.cluster)},
                     {"open", item.cluster_open},
                     {"distance", item.cluster_distance_bits}};
  json["stills"] = stills_json(item.stills);
  json["stills_erased"] = item.stills_erased;
  json["lease"] = nullptr;
  if (item.lease_until) json["lease"] = {{"mine", item.lease_mine}, {"until", to_text(*item.lease_until)}};
  json["decision"] = decision_json(item);
  json["undo_until"] = time_json(item.undo_until);
  if (const auto facts = parse_json(item.facts); facts && facts->is_object()) json.update(*facts);
  return json;
}

Json json_of(const ExposureLimits& limits) {
  return {{"stills", limits.stills},
          {"stills_high", limits.stills_high},
          {"stills_hour", limits.stills_hour},
          {"reveal_s", limits.reveal_s},
          {"reveal_high_s", limits.reveal_high_s},
          {"reveal_hour_s", limits.reveal_hour_s}};
}

Json json_of(const ExposureUse& use) {
  return {{"stills", use.stills},
          {"stills_high", use.stills_high},
          {"stills_hour", use.stills_hour},
          {"reveal_ms", use.reveal_ms},
          {"reveal_high_ms", use.reveal_high_ms},
          {"reveal_hour_ms", use.reveal_hour_ms}};
}

Json json_of(const MyReview& mine) {
  Json json;
  json["limits"] = json_of(mine.in_force);
  json["own_limits"] = json_of(mine.own);
  json["used"] = json_of(mine.use);
  json["high_from"] = time_json(mine.free_at);
  json["low_from"] = time_json(mine.free_low_at);
  json["leases"] = mine.leases;
  json["last_7_days"] = {{"graded", mine.decided_7d},
                         {"confirmed", mine.confirmed_7d},
                         {"not_a_match", mine.not_a_match_7d},
                         {"unsure", mine.unsure_7d},
                         {"undone", mine.undone_7d}};
  json["samples"] = {{"agreed", mine.samples_agreed}, {"differed", mine.samples_differed}};
  return json;
}

Json json_of(const ReviewTotals& totals) {
  Json json;
  json["by_severity"] = Json::array();
  for (const ReviewTotals::Row& row : totals.by_severity) {
    json["by_severity"].push_back({{"severity", name_of(row.severity)},
                                   {"open", row.open},
                                   {"waiting", row.waiting},
                                   {"decided_7d", row.decided_7d},
                                   {"oldest", time_json(row.oldest)}});
  }
  json["stills_bytes"] = totals.stills_bytes;
  json["not_kept"] = totals.not_kept;
  json["work"] = work_json(totals.work);
  return json;
}

}  // namespace seawall
