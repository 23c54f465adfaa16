#include "seawall/playlist/choice.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace seawall {
namespace {

bool begins_with_any(std::string_view codec, const auto& names) {
  return std::ranges::any_of(names, [codec](std::string_view name) { return codec.starts_with(name); });
}

/// Smaller is better; of equals the first in the playlist.
struct Rank {
  bool encrypted = false, video_unknown = false, too_low = false, not_preferred = false;
  std::uint64_t order = 0;
  auto operator<=>(const Rank&) const = default;
};

Rank rank_of(HasVideo video, bool i_frames, int height_px, std::uint64_t bandwidth,
             const ChoiceRules& rules) {
  Rank rank;
  rank.video_unknown = video != HasVideo::kYes;
  rank.not_preferred = i_frames != rules.prefer_i_frames;
  rank.too_low = height_px > 0 && height_px < rules.height_px_min;
  // Among those that are too low the highest is the best.
  rank.order = rank.too_low ? static_cast<std::uint64_t>(65'536 - height_px) : bandwidth;
  return rank;
}

template <class Choice>
std::vector<Choice> sorted(std::vector<std::pair<Rank, Choice>> ranked) {
  std::ranges::stable_sort(ranked, {}, [](const auto& each) { return each.first; });
  std::vector<Choice> choices;
  for (const auto& [rank, choice] : ranked) choices.push_back(choice);
  return choices;
}

HasVideo video_of(const HlsVariant& variant) {
  if (variant.width_px > 0 && variant.height_px > 0) return HasVideo::kYes;
  return video_in_codecs(variant.codecs);
}

HasVideo video_of(const DashAdaptationSet& set, const DashRepresentation& representation) {
  const std::string_view mime = representation.mime_type;
  if (mime.starts_with("image/") || mime.starts_with("text/") || mime.starts_with("audio/"))
    return HasVideo::kNo;
  const HasVideo by_codecs = video_in_codecs(representation.codecs);
  if (by_codecs != HasVideo::kUnknown) return by_codecs;
  if (mime.starts_with("video/") && set.content_type != "audio" && set.content_type != "text") {
    return set.content_type == "video" || representation.width_px > 0 ? HasVideo::kYes : HasVideo::kUnknown;
  }
  if (set.content_type == "video") return HasVideo::kYes;
  return set.content_type.empty() && !mime.starts_with("application/") ? HasVideo::kUnknown : HasVideo::kNo;
}

}  // namespace

HasVideo video_in_codecs(std::string_view codecs) {
  constexpr std::array<std::string_view, 21> kVideo{"avc",  "hvc1", "hev1", "vp8",  "vp08", "vp9",  "vp09",
                                                    "av01", "mp4v", "dvh1", "dvhe", "dva1", "dvav", "dav1",
                                                    "vvc1", "vvi1", "evc1", "lvc1", "mp2v", "svc1", "encv"};
  constexpr std::array<std::string_view, 20> kOther{"mp4a", "ac-3", "ec-3", "ac-4", "opus", "Opus", "vorb",
                                                    "flac", "fLaC", "alac", "mp3",  "dts",  "samr", "sawb",
                                                    "mha1", "mhm1", "stpp", "wvtt", "tx3g", "enca"};
  bool all_other = true;
  bool any = false;
  while (!codecs.empty()) {
    const auto end = std::min(codecs.find(','), codecs.size());
    std::string_view codec = codecs.substr(0, end);
    codecs.remove_prefix(std::min(end + 1, codecs.size()));
    codec.remove_prefix(std::min(codec.find_first_not_of(" \t"), codec.size()));
    if (codec.empty()) continue;
    any = true;
    if (begins_with_any(codec, kVideo)) return HasVideo::kYes;
    all_other = all_other && begins_with_any(codec, kOther);
  }
  return any && all_other ? HasVideo::kNo : HasVideo::kUnknown;
}

std::vector<HlsChoice> video_choices(const HlsMultivariantPlaylist& playlist, const ChoiceRules& rules) {
  std::vector<std::pair<Rank, HlsChoice>> ranked;
  const auto take = [&](const std::vector<HlsVariant>& variants, bool i_frames) {
    for (std::size_t i = 0; i < variants.size(); ++i) {
      const HasVideo video = video_of(variants[i]);
      // I-frames are pictures, but of a codec for video: a playlist of JPEGs is none.
      if (video == HasVideo::kNo || (i_frames && video_in_codecs(variants[i].codecs) == HasVideo::kNo))
        continue;
      if (i_frames && variants[i].codecs.find("jpeg") != std::string::npos) continue;
      ranked.emplace_back(rank_of(video, i_frames, variants[i].height_px, variants[i].bandwidth, rules),
                          HlsChoice{i, i_frames});
    }
  };
  take(playlist.variants, false);
  take(playlist.i_frame_variants, true);
  return sorted(std::move(ranked));
}

std::vector<DashChoice> video_choices(const DashPeriod& period, const ChoiceRules& rules) {
  std::vector<std::pair<Rank, DashChoice>> ranked;
  for (std::size_t s = 0; s < period.sets.size(); ++s) {
    const DashAdaptationSet& set = period.sets[s];
    if (set.unknown_essential) continue;
    for (std::size_t r = 0; r < set.representations.size(); ++r) {
      const DashRepresentation& each = set.representations[r];
      const HasVideo video = video_of(set, each);
      if (video == HasVideo::kNo) continue;
      Rank rank = rank_of(video, set.trick_mode, each.height_px, each.bandwidth, rules);
      rank.encrypted = each.encrypted;
      ranked.emplace_back(rank, DashChoice{s, r, set.trick_mode, each.encrypted});
    }
  }
  return sorted(std::move(ranked));
}

}  // namespace seawall
