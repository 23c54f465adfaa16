#include "seawall/service/review_intake.h"

#include <algorithm>
#include <array>
#include <limits>

#include "seawall/base/hex.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/crypto/sha256.h"
#include "seawall/json/json.h"
#include "seawall/media/memory_file.h"

namespace seawall {
namespace {

constexpr std::size_t kMatchesTold = 64;
constexpr std::int64_t kClosestUs = 500'000;
constexpr std::int64_t kUsPerMs = 1'000;

bool counts(const LookupMatch& one) {
  return one.match.standing == Standing::kEnforced && !one.match.harmless;
}

/// The match that made the verdict what it is. Null: none did.
const LookupMatch* strongest(const LookupAnswer& answer) {
  const auto found = std::ranges::find_if(answer.matches, [](const LookupMatch& one) {
    return counts(one) && one.match.action == BankAction::kReview;
  });
  return found == answer.matches.end() ? nullptr : &*found;
}

std::string_view signal_of(const LookupMatch& one) {
  return one.match.met_by ? name_of(*one.match.met_by) : name_of(one.match.type);
}

bool met_by_digest(const LookupMatch& one) { return !one.match.met_by && one.match.type != SignalType::kPdq; }

Json classification_json(const std::optional<Classification>& one) {
  if (!one) return nullptr;
  return {{"scheme", name_of(one->scheme)}, {"value", one->value}};
}

Json match_json(const LookupMatch& one, const MatchNames& names) {
  Json json;
  json["entry"] = to_text(one.match.entry);
  json["bank"] = names.bank;
  json["source"] = names.source;
  json["signal"] = signal_of(one);
  json["distance"] = one.match.distance_bits;
  json["radius"] = one.match.radius_bits;
  json["variant"] = one.variant.name();
  json["frame"] = one.frame;
  json["classification"] = classification_json(names.classification);
  json["series"] = names.series;
  return json;
}

Json media_json(const LookedAt& media) {
  Json json;
  json["type"] = media.video ? media.video->type : mime_type_of(media.info.type);
  json["size"] = media.size_bytes;
  json["width"] = media.video ? media.video->width_px : media.info.width_px;
  json["height"] = media.video ? media.video->height_px : media.info.height_px;
  if (media.video) json["length_ms"] = std::max<std::int64_t>(0, media.video->length_ms);
  return json;
}

Json signals_json(const LookedAt& media) {
  Json json;
  json["md5"] = to_hex(media.digests.md5);
  json["sha1"] = to_hex(media.digests.sha1);
  json["sha256"] = to_hex(media.digests.sha256);
  json["pdq"] = media.pdq ? Json(to_text(media.pdq->bits)) : Json(nullptr);
  return json;
}

ReviewSeverity worst(const LookupAnswer& answer, const ListNames& names) {
  ReviewSeverity worst = ReviewSeverity::kLow;
  for (const LookupMatch& one : answer.matches) {
    if (counts(one)) worst = std::max(worst, severity_of(names.names_of(one).classification));
  }
  return worst;
}

/// A part of a video that shall have a still: the frame nearest to its middle.
struct Target {
  std::int64_t begin_us = 0, middle_us = 0, end_us = 0;
  std::int64_t off_us = -1;  ///< How far the best until now is from the middle; below 0: there is none.
  bool inside = false;
  NewStill still;

  void offer(const VideoFrame& frame) {
    const std::int64_t off = std::abs(frame.time_us - middle_us);
    if (off_us >= 0 && off >= off_us) return;
    off_us = off;
    inside = frame.time_us >= begin_us && frame.time_us <= end_us;
    still = {still_of(frame.planes, frame.orientation),
             static_cast<int>(std::min<std::int64_t>(frame.index, std::numeric_limits<int>::max())),
             frame.time_us / kUsPerMs};
  }
};

std::vector<Target> targets_of(const LookupAnswer& answer, std::size_t most) {
  std::vector<Target> targets;
  for (const LookupMatch& one : answer.matches) {
    if (!counts(one)) continue;
    for (const ClipPart& part : one.parts) {
      if (targets.size() == most) return targets;
      Target& target = targets.emplace_back();
      target.begin_us = part.begin_ms * kUsPerMs;
      target.end_us = part.end_ms * kUsPerMs;
      target.middle_us = (target.begin_us + target.end_us) / 2;
    }
  }
  if (!targets.empty() || !answer.media || !answer.media->video || most == 0) return targets;
  Target& middle = targets.emplace_back();  // The whole is listed: its middle stands for it.
  middle.end_us = answer.media->video->length_ms * kUsPerMs;
  middle.middle_us = middle.end_us / 2;
  return targets;
}

std::vector<int> frames_of(const LookupAnswer& answer, std::size_t most) {
  std::vector<int> frames;
  for (const LookupMatch& one : answer.matches) {
    if (frames.size() == most) break;
    if (!counts(one) || std::ranges::find(frames, one.frame) != frames.end()) continue;
    frames.push_back(one.frame);
  }
  return frames;
}

Result<Sha256> origin_of(std::string_view origin, const Sha256& digest) {
  Sha256 random{};
  if (origin.empty()) {
    SEAWALL_CHECK(fill_with_random_bytes(random));
    return random;
  }
  Sha256Hasher hasher;
  hasher.update(std::string_view("seawall/review-origin/v1\n"));
  hasher.update(sha256_of(origin));
  hasher.update(digest);
  return hasher.finish();
}

}  // namespace

std::string review_facts(const LookupAnswer& answer, const ListNames& names) {
  Json json;
  json["matches"] = Json::array();
  for (const LookupMatch& one : answer.matches) {
    if (counts(one) && json["matches"].size() < kMatchesTold)
      json["matches"].push_back(match_json(one, names.names_of(one)));
  }
  json["signals"] = signals_json(*answer.media);
  json["media"] = media_json(*answer.media);
  return to_line(json);
}

std::vector<NewStill> ReviewIntake::stills_of_picture(const Upload& upload) {
  std::vector<NewStill> stills;
  const std::vector<int> frames = frames_of(upload.answer, parts_.stills_max);
  const auto done = parts_.decoder.decode(upload.file, {}, [&](const Frame& frame) {
    if (stills.size() < frames.size() && std::ranges::find(frames, frame.index) != frames.end())
      stills.push_back({still_of(frame.pixels), frame.index, frame.time_ms});
  });
  if (!done) parts_.log.event("review", done.error());
  return stills;
}

std::vector<NewStill> ReviewIntake::stills_of_video(const Upload& upload) {
  std::vector<NewStill> stills;
  std::vector<Target> targets = targets_of(upload.answer, parts_.stills_max);
  if (parts_.videos == nullptr || targets.empty()) return stills;
  const auto memory = file_in_memory(upload.file);
  if (!memory) {
    parts_.log.event("review", memory.error());
    return stills;
  }
  const std::int64_t last = std::ranges::max_element(targets, {}, &Target::end_us)->end_us;
  const auto look = [&](VideoSampling sampling) {
    VideoOptions how;
    how.sampling = sampling;
    how.interval_us = kClosestUs;
    how.limits = parts_.video_limits;
    return parts_.videos->decode({.file = memory->get(), .file_bytes = upload.file.size()}, how,
                                 [&](const VideoFrame& frame) {
                                   for (Target& target : targets) target.offer(frame);
                                   return frame.time_us <= last;
                                 });
  };
  auto done = look(VideoSampling::kKeyframes);
  // No keyframe within what met something: then in step, which decodes everything up to there.
  if (done && !std::ranges::all_of(targets, &Target::inside)) done = look(VideoSampling::kInterval);
  if (!done) parts_.log.event("review", done.error());
  for (Target& target : targets) {
    if (target.off_us >= 0) stills.push_back(std::move(target.still));
  }
  return stills;
}

Result<void> ReviewIntake::read_names(const LookupAnswer& answer) {
  if (parts_.names.known(answer.list_version.number, answer.matches)) return {};
  return parts_.names.read(answer.list_version.number, answer.matches);
}

Result<ReviewKept> ReviewIntake::keep_item(const Upload& upload) {
  const LookupMatch& met = *strongest(upload.answer);
  // Numbers stand for names that cannot be read now.
  if (const auto read = read_names(upload.answer); !read) parts_.log.event("review", read.error());
  const LookedAt& media = *upload.answer.media;
  NewReviewItem item;
  item.tenant = upload.tenant;
  item.digest = media.digests.sha256;
  SEAWALL_TRY(item.origin, origin_of(upload.origin, item.digest));
  if (media.pdq && media.pdq->quality >= kPdqQualityMin) item.pdq = media.pdq->bits;
  item.video = media.video.has_value();
  item.known = met_by_digest(met);
  item.severity = worst(upload.answer, parts_.names);
  item.entry = to_text(met.match.entry);
  item.signal = signal_of(met);
  item.bank = parts_.names.names_of(met).bank;
  item.facts = review_facts(upload.answer, parts_.names);
  SEAWALL_TRY(const bool open, parts_.book.would_open(item));
  if (open) item.stills = item.video ? stills_of_video(upload) : stills_of_picture(upload);
  if (open && item.stills.empty()) ++without_stills_;
  return parts_.book.keep(item);
}

void ReviewIntake::keep(const Upload& upload) {
  const bool wanted = upload.answer.verdict == BankAction::kReview && upload.answer.media &&
                      strongest(upload.answer) != nullptr;
  if (!wanted) return;
  const auto kept = keep_item(upload);
  if (!kept) {
    ++failed_;
    return parts_.log.event("review", kept.error());
  }
  if (*kept == ReviewKept::kNew) {
    ++kept_;
    parts_.changed(std::string(upload.tenant));
  }
  if (*kept == ReviewKept::kSeenAgain) ++again_;
  if (*kept == ReviewKept::kKnown) ++known_;
}

void ReviewIntake::write_metrics(MetricsText& out) const {
  out.family("seawall_review_uploads_total", "counter",
             "Uploads with the verdict review, by what became of them.");
  out.sample({{"end", "kept"}}, kept_.load());
  out.sample({{"end", "seen_again"}}, again_.load());
  out.sample({{"end", "known"}}, known_.load());
  out.sample({{"end", "failed"}}, failed_.load());
  out.family("seawall_review_without_stills_total", "counter", "Items of which no still could be made.");
  out.sample({}, without_stills_.load());
}

}  // namespace seawall
