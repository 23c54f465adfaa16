#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/playlist/choice.h"
#include "seawall/playlist/dash.h"
#include "seawall/playlist/hls.h"

namespace seawall {

/// Where an initialization lies.
struct InitPlace {
  std::string uri;  ///< Absolute.
  std::optional<ByteRange> range;
  std::shared_ptr<const HlsKey> key;
  std::string identity;  ///< Differs where its bytes may.
};

/// A segment as HLS and DASH have it in common.
struct ListedSegment {
  std::string base_uri, uri;  ///< `uri` from `base_uri`; resolved when it is asked for.
  std::optional<ByteRange> range;
  /// Its place on the line: HLS counts segments (length 1), DASH microseconds.
  std::int64_t position = 0, length = 1;
  std::uint64_t number = 0;
  std::chrono::microseconds duration{0};
  std::optional<Time> program_time;
  bool discontinuity = false;
  bool marked_gap = false;
  bool encrypted = false;  ///< ContentProtection.
  std::shared_ptr<const HlsKey> key;
  std::array<std::byte, 16> iv{};
  std::shared_ptr<const InitPlace> init;
};

/// What a playlist names at one moment.
struct Listing {
  std::vector<ListedSegment> segments;  ///< In order of position.
  std::uint64_t older = 0;              ///< Named before these, and not read.
  std::chrono::milliseconds target{0};  ///< Target duration; 0: not known.
  bool over = false;                    ///< Nothing more will come.
  bool exact = true;                    ///< Positions are counted, not measured.
  bool i_frames_only = false;
  std::optional<Time> next_available;  ///< DASH numbers: when one more is there without asking again.
};

/// Errors: as resolve_uri(), of an initialization.
Result<Listing> listing_of(const HlsMediaPlaylist& playlist);

/// What a follower keeps of an MPD stream between its MPDs.
struct DashMemory {
  std::optional<Time> availability_start;  ///< Of the last dynamic one: places what a static one names.
};

/// The segments of the periods up to `now`. `attempt`: 0 takes the best choice, 1 the second, ...
/// Errors: kUnsupported (no video in any of its periods); as dash_segments().
Result<Listing> listing_of(const DashMpd& mpd, const ChoiceRules& rules, std::size_t attempt,
                           DashMemory& memory, Time now, std::size_t segments_max);

}  // namespace seawall
