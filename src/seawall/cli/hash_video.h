#pragma once

#include <string>

#include "seawall/base/digests.h"
#include "seawall/cli/console.h"
#include "seawall/json/json.h"
#include "seawall/video_signals/video_signals.h"

namespace seawall::cli {

/// A video with everything that `seawall hash` says of it.
struct HashedVideo {
  std::string type;  ///< MIME type of the container.
  FileDigests digests;
  ListedVideo signals;
};

/// The members of `seawall hash --json` for a video, after its path.
[[nodiscard]] Json video_hashes_json(const HashedVideo& video);

/// One line for the video and one for each frame of its vPDQ signal. `path`: fit to be shown.
void print_video_hashes(const HashedVideo& video, const std::string& path, Console& console);

}  // namespace seawall::cli
