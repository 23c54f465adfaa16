#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "seawall/playlist/dash.h"
#include "seawall/playlist/hls.h"

namespace seawall {

enum class HasVideo : std::uint8_t { kNo, kUnknown, kYes };

/// What a list of codecs (RFC 6381) says of video: kNo if all are of sound or text.
[[nodiscard]] HasVideo video_in_codecs(std::string_view codecs);

struct ChoiceRules {
  /// Prefer playlists of key pictures alone (HLS I-frame playlists, DASH trick mode).
  bool prefer_i_frames = true;
  /// The lowest rendition of at least this height is chosen; if all are lower, the highest. Fingerprints are
  /// poor below (docs/live-playlists.md).
  int height_px_min = 180;
};

struct HlsChoice {
  std::size_t variant = 0;  ///< In variants, or i_frame_variants.
  bool i_frames_only = false;
};

/// What carries video, or may, the best first: known video before unknown, high enough before too low,
/// I-frames before others (as the rules say), then the lowest bandwidth. Never what is said to be sound
/// alone.
[[nodiscard]] std::vector<HlsChoice> video_choices(const HlsMultivariantPlaylist& playlist,
                                                   const ChoiceRules& rules = {});

struct DashChoice {
  std::size_t set = 0, representation = 0;
  bool trick_mode = false;
  bool encrypted = false;
};

/// As above, of one period. What is encrypted comes last; what has an unknown EssentialProperty not at all.
[[nodiscard]] std::vector<DashChoice> video_choices(const DashPeriod& period, const ChoiceRules& rules = {});

}  // namespace seawall
