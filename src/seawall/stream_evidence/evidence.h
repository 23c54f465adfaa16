#pragma once

#include <string>

#include "seawall/stream_watch/watch_told.h"

namespace seawall {

/// What a listed clip is called: where it is listed, and under which id.
struct ListedName {
  std::string bank;
  std::string entry;
  friend bool operator==(const ListedName&, const ListedName&) = default;
};

/// The record of a listed clip in a stream, one JSON object on one line (docs/formats/stream-evidence.md):
/// the stream's name, times by this machine's clock, the listed clip and the rule that it met, each pair of
/// signals, and the digests of the pieces that they were in. No picture, no address.
[[nodiscard]] std::string evidence_line(const WatchAlert& alert, const ListedName& listed);

/// The pictures of one piece, as signals: {"stream","frames":[{"at","pdq","quality","key"}]} on one line.
[[nodiscard]] std::string frames_line(const WatchFrames& frames);

}  // namespace seawall
