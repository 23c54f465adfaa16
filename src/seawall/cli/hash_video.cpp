#include "seawall/cli/hash_video.h"

#include <algorithm>

#include "seawall/base/hex.h"
#include "seawall/report/media_time.h"
#include "seawall/video_print/dense_print.h"
#include "seawall/video_print/vpdq.h"

namespace seawall::cli {

Json video_hashes_json(const HashedVideo& video) {
  const VideoInfo& info = video.signals.info;
  Json json;
  json["type"] = video.type;
  json["codec"] = info.codec;
  json["width"] = info.shown_width_px();
  json["height"] = info.shown_height_px();
  json["duration_ms"] = info.length_ms();
  json["frames"] = info.frames_visited;
  json["truncated"] = info.truncated;
  json["md5"] = to_hex(video.digests.md5);
  json["sha1"] = to_hex(video.digests.sha1);
  json["sha256"] = to_hex(video.digests.sha256);
  // As python-threatexchange carries it: strings of hash, quality and seconds.
  if (auto vpdq = parse_json(write_vpdq_json(video.signals.vpdq))) json["vpdq"] = *std::move(vpdq);
  Json dense;
  dense["hashes"] = video.signals.print.hashes.size();
  if (const auto bytes = write_dense_print(video.signals.print)) dense["bytes"] = bytes->size();
  dense["labels"] = video.signals.print.labels;
  json["dense"] = std::move(dense);
  return json;
}

void print_video_hashes(const HashedVideo& video, const std::string& path, Console& console) {
  const VideoInfo& info = video.signals.info;
  console.print(path + ": " + video.type + " " + info.codec + " " + std::to_string(info.shown_width_px()) +
                "x" + std::to_string(info.shown_height_px()) + ", " + media_time(info.length_ms()) + ", " +
                std::to_string(info.frames_visited) + " frames, dense print of " +
                std::to_string(video.signals.print.hashes.size()) + " hashes" +
                (info.truncated ? "  (truncated: what could be decoded was used)" : "") + "\n");
  for (const VpdqFeature& feature : video.signals.vpdq) {
    const std::string quality = std::to_string(feature.quality);
    console.print(to_text(feature.bits) + std::string(4 - std::min<std::size_t>(3, quality.size()), ' ') +
                  quality + "  " + media_time(feature.time_us / 1000) + "  frame " +
                  std::to_string(feature.frame_number) + "\n");
  }
}

}  // namespace seawall::cli
