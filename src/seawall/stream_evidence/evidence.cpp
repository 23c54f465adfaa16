#include "seawall/stream_evidence/evidence.h"

#include <algorithm>
#include <cmath>

#include "seawall/base/hex.h"
#include "seawall/json/json.h"
#include "seawall/model/time_text.h"

namespace seawall {
namespace {

constexpr std::size_t kPairsMax = 64;
constexpr std::size_t kFramesMax = 512;

/// To three places: more would be noise.
double rounded(double value) { return std::round(value * 1000) / 1000; }

Json segment_of(const WatchAlert& alert) {
  const ClipSegment& segment = alert.clip.segment;
  Json json;
  json["tier"] = std::string(name_of(segment.tier));
  json["is_rise"] = alert.clip.is_rise;
  json["begin"] = to_text(alert.begin);
  json["end"] = to_text(alert.end);
  json["stream_begin_ms"] = segment.query_begin_ms;
  json["stream_end_ms"] = segment.query_end_ms;
  json["listed_begin_ms"] = segment.reference_begin_ms;
  json["listed_end_ms"] = segment.reference_end_ms;
  if (segment.speed_is_known) json["speed"] = rounded(segment.speed);
  json["distinct_frames"] = segment.distinct_frames;
  json["why"] = segment.why;
  return json;
}

Json pairs_of(const WatchAlert& alert) {
  Json pairs = Json::array();
  for (const AlignedPair& pair : alert.clip.segment.pairs) {
    if (pairs.size() == kPairsMax) break;
    Json json;
    json["stream_ms"] = pair.query_ms;
    json["listed_ms"] = pair.reference_ms;
    json["distance"] = pair.distance_bits;
    json["quality"] = pair.query_quality;
    json["variant"] = pair.query_label < alert.labels.size() ? alert.labels[pair.query_label] : "";
    if (pair.benign) json["benign"] = true;
    pairs.push_back(std::move(json));
  }
  return pairs;
}

Json frame_of(const SeenFrame& frame) {
  Json json;
  json["at"] = to_text(frame.at);
  json["pdq"] = to_text(frame.hash.bits);
  json["quality"] = frame.hash.quality;
  if (frame.key) json["key"] = true;
  return json;
}

Json pieces_of(const WatchAlert& alert) {
  Json pieces = Json::array();
  for (const NearPiece& piece : alert.pieces) {
    Json json;
    json["sequence"] = piece.sequence;
    json["arrived"] = to_text(piece.fetched_at);
    json["bytes"] = piece.bytes;
    json["sha256"] = to_hex(piece.sha256);
    pieces.push_back(std::move(json));
  }
  return pieces;
}

}  // namespace

std::string evidence_line(const WatchAlert& alert, const ListedName& listed) {
  Json json;
  json["event"] = "match";
  json["stream"] = alert.name;
  json["at"] = to_text(alert.told);
  json["bank"] = listed.bank;
  json["entry"] = listed.entry;
  json.update(segment_of(alert));
  json["pairs"] = pairs_of(alert);
  Json frames = Json::array();
  for (const SeenFrame& frame : alert.frames) {
    if (frames.size() < kFramesMax) frames.push_back(frame_of(frame));
  }
  json["frames"] = std::move(frames);
  json["pieces"] = pieces_of(alert);
  return to_line(json);
}

std::string frames_line(const WatchFrames& frames) {
  Json json;
  json["stream"] = frames.name;
  Json list = Json::array();
  for (const SeenFrame& frame : frames.frames) list.push_back(frame_of(frame));
  json["frames"] = std::move(list);
  return to_line(json);
}

}  // namespace seawall
