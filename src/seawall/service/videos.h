#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "seawall/feed/feed.h"
#include "seawall/list_clips/list_clips.h"
#include "seawall/lookup/list_keeper.h"
#include "seawall/lookup/video_look.h"
#include "seawall/media_sandbox/sandboxed_video_decoder.h"
#include "seawall/service/json_log.h"
#include "seawall/service/settings.h"
#include "seawall/store/store.h"

namespace seawall {

/// What is known of videos.
struct VideoStatus {
  std::optional<SandboxStats> decoder;  ///< None: video_worker is not there, and none is looked into.
  ListClipsSizes listed;
  std::uint64_t list_version = 0;
};

/// The listed videos of a service, kept up to date on threads of their own, and what looks others up in them.
/// Without video_worker there is nothing that looks, and the log says so.
/// Threads: any. Lifetime: borrows feed, store, clock and log. Its end waits for the step that it is in.
class Videos {
 public:
  /// Errors: those of ListClips::make().
  static Result<std::unique_ptr<Videos>> open(Feed& feed, Store& store, const Clock& clock, JsonLog& log,
                                              const ServiceSettings& settings);

  [[nodiscard]] const ListClips& clips() const { return *clips_; }
  [[nodiscard]] ListKeeper& keeper() { return *keeper_; }
  [[nodiscard]] VideoDecoder* decoder() { return decoder_.get(); }           ///< Null: there is none.
  [[nodiscard]] const VideoLooker* looker() const { return looker_.get(); }  ///< Likewise.
  [[nodiscard]] const VideoLimits& limits() const { return limits_; }        ///< Of one decode.
  [[nodiscard]] VideoStatus status() const;

 private:
  Videos() = default;
  Result<void> open_decoder(JsonLog& log, const ServiceSettings& settings);

  VideoLimits limits_;
  std::unique_ptr<ListClips> clips_;
  std::unique_ptr<SandboxedVideoDecoder> decoder_;
  std::unique_ptr<VideoLooker> looker_;
  std::unique_ptr<ListKeeper> keeper_;  // Last: its threads use the clips.
};

}  // namespace seawall
