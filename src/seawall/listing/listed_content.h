#pragma once

#include <cstdint>
#include <string_view>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/match/signals.h"
#include "seawall/model/entry.h"
#include "seawall/video_signals/video_signals.h"

namespace seawall {

/// A file as listed content has it.
struct ListedFile {
  FileDigests digests{};
  std::string_view media_type;  ///< "image/jpeg", "video/mp4".
  std::uint64_t size_bytes = 0;
};

/// What a picture is listed by: its digests, and the hash of each frame in every variant, at most
/// EntryContent::kPdqMax of them, each once. `signals`: with VariantSide::kStored. Pure.
[[nodiscard]] EntryContent content_of_picture(const MediaSignals& signals, const ListedFile& file);
/// What a video is listed by: its digests and its dense print; by its digests alone where no frame can be
/// looked up. Errors: kLimitExceeded (a print over CarriedSignal::kDensePrintBytesMax: list it in parts).
Result<EntryContent> content_of_video(const ListedVideo& video, const ListedFile& file);

}  // namespace seawall
