#include "seawall/lookup/video_look.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "seawall/clip_match/clip_matcher.h"
#include "seawall/media/memory_file.h"
#include "seawall/scan/file_examiner.h"
#include "seawall/scan/video_search.h"
#include "seawall/video_signals/video_signals.h"

namespace seawall {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// The lists' clips as a bank of a search. Keeps what was found last, whatever becomes of the search.
class ClipsBank final : public ScanBank {
 public:
  ClipsBank(const ListClips& clips, const ListClipsAsker& asker)
      : clips_(clips), matcher_(clips.index(), clips.scope(asker)) {}
  Result<void> search(const MediaSignals&, std::vector<RecordedMatch>&) const override { return {}; }
  [[nodiscard]] bool lists_videos() const override { return true; }

  Result<void> search_video(const HashTrack& track, VideoFindings& findings) const override {
    SEAWALL_TRY(const ClipAnswer answer, matcher_.match(track));
    findings.is_near = findings.is_near || !answer.near_misses.empty();
    for (const ClipMatch& match : answer.matches) {
      findings.is_near = findings.is_near || match.tier < ClipTier::kThreeAligned;
      const auto clip = clips_.find(match.clip);
      if (!clip) continue;
      for (const ClipSegment& segment : match.segments) {
        if (segment.tier == ClipTier::kNone) continue;
        RecordedMatch found = recorded_clip(segment, track.labels, clip->labels);
        found.entry = std::to_string(static_cast<std::uint64_t>(clip->entry));
        seen_.push_back(found);
        findings.matches.push_back(std::move(found));
      }
    }
    return {};
  }
  [[nodiscard]] std::vector<RecordedMatch> take_seen() const { return std::exchange(seen_, {}); }

 private:
  const ListClips& clips_;
  ClipMatcher matcher_;
  mutable std::vector<RecordedMatch> seen_;
};

int rank_of(std::string_view tier) {
  if (tier == name_of(ClipTier::kThreeAligned)) return 0;
  return tier == name_of(ClipTier::kTwoAligned) ? 1 : 2;
}

ClipPart part_of(const RecordedMatch& match) {
  const ClipSpan& span = *match.clip;
  return {span.tier,  span.begin_ms, span.end_ms,         span.listed_begin_ms, span.listed_end_ms,
          span.speed, span.frames,   match.distance_bits, match.variant};
}

/// By entry, each with its strongest part first.
std::vector<FoundClip> by_entry(const std::vector<RecordedMatch>& matches) {
  std::map<std::uint64_t, std::vector<const RecordedMatch*>> entries;
  for (const RecordedMatch& match : matches) {
    std::uint64_t entry = 0;
    std::from_chars(match.entry.data(), match.entry.data() + match.entry.size(), entry);
    entries[entry].push_back(&match);
  }
  std::vector<FoundClip> found;
  for (auto& [entry, its] : entries) {
    std::ranges::stable_sort(its, {}, [](const RecordedMatch* one) {
      return std::tuple(rank_of(one->clip->tier), -one->clip->frames, one->clip->begin_ms);
    });
    FoundClip& clip = found.emplace_back();
    clip.entry = EntryId{entry};
    for (const RecordedMatch* one : its) {
      if (clip.parts.size() < FoundClip::kPartsMax) clip.parts.push_back(part_of(*one));
    }
    clip.how = "is shown: " + words_of(*its.front()->clip);
    if (its.size() > 1) clip.how += ", and " + std::to_string(its.size() - 1) + " more";
  }
  return found;
}

LookedAtVideo about(const VideoSearch& search, std::string_view type) {
  const VideoInfo& info = search.video.info;
  LookedAtVideo about;
  about.type = type;
  about.width_px = info.shown_width_px();
  about.height_px = info.shown_height_px();
  about.length_ms = info.length_ms();
  about.frames = info.frames_visited;
  about.every_keyframe = !search.video.in_step;
  about.looked_closer = search.looked_closer;
  about.truncated = info.truncated;
  return about;
}

Error took_too_long() {
  return {Code::kLimitExceeded, "looking at the video took too long; it was looked at in part"};
}

std::string thousandths(double score) {
  const auto rounded = std::lround(score * 1000);
  return std::to_string(rounded / 1000) + "." + std::to_string(1000 + rounded % 1000).substr(1);
}

}  // namespace

Result<std::vector<FoundClip>> tmk_clips(const ListClips& clips, const TmkPrint& query,
                                         const ListClipsAsker& asker) {
  SEAWALL_TRY(const auto matches, clips.tmk_matches(query, asker));
  std::vector<FoundClip> found;
  for (const TmkMatch& match : matches) {
    FoundClip& clip = found.emplace_back();
    clip.entry = match.entry;
    clip.by = MetBy::kTmk;
    clip.how =
        "is the same video by TMK+PDQF: " + thousandths(match.level1) + " and " + thousandths(match.level2);
  }
  return found;
}

void VideoLooker::compare_tmk(const VideoSource& file, const ListClipsAsker& asker,
                              SteadyClock::time_point end, VideoLook& look) const {
  if (clips_.sizes().tmk == 0 || look.ended) return;
  TmkOptions how;
  how.limits.time_ms_max = static_cast<int>(options_.time_max.count());
  how.stopping = [end] { return SteadyClock::now() >= end; };
  const auto print = tmk_of_video(decoder_, file, how);
  if (!print) {
    look.ended = how.stopping() ? took_too_long() : print.error();
    return;
  }
  auto found = tmk_clips(clips_, *print, asker);
  if (!found) {
    look.ended = std::move(found).error();
    return;
  }
  for (FoundClip& clip : *found) {
    const bool known = std::ranges::find(look.clips, clip.entry, &FoundClip::entry) != look.clips.end();
    if (!known) look.clips.push_back(std::move(clip));
  }
}

Result<VideoLook> VideoLooker::look(std::span<const std::byte> file, std::string_view type,
                                    VariantProfile profile, const ListClipsAsker& asker) const {
  SEAWALL_TRY(const UniqueFd memory, file_in_memory(file));
  const auto end = SteadyClock::now() + options_.time_max * 3 / 2;
  VideoQueryOptions how;
  how.profile = profile;
  how.limits.time_ms_max = static_cast<int>(options_.time_max.count());
  how.limits.frames_max = options_.frames_max;
  how.limits.input_bytes_max = file.size();
  how.stopping = [end] { return SteadyClock::now() >= end; };
  if (clips_.has_sampled()) {
    how.depth = VideoDepth::kInterval;
    how.interval_us = std::chrono::microseconds(options_.sampled_interval).count();
  }
  const ClipsBank bank(clips_, asker);
  const ScanBank* const banks[] = {&bank};
  auto search = search_video(decoder_, {.file = memory.get(), .file_bytes = file.size()}, banks, how);
  VideoLook look;
  if (search) {
    look.video = about(*search, type);
    look.clips = by_entry(search->findings.matches);
    if (auto whole = search->video.whole(); !whole) look.ended = std::move(whole).error();
    compare_tmk({.file = memory.get(), .file_bytes = file.size()}, asker, end, look);
    return look;
  }
  if (!how.stopping()) return tl::unexpected(std::move(search).error());
  look.video.type = type;
  look.clips = by_entry(bank.take_seen());
  look.ended = took_too_long();
  return look;
}

}  // namespace seawall
