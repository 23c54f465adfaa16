#include "seawall/service/videos.h"

#include "seawall/service/lanes.h"

namespace seawall {

Result<std::unique_ptr<Videos>> Videos::open(Feed& feed, Store& store, const Clock& clock, JsonLog& log,
                                             const ServiceSettings& settings) {
  std::unique_ptr<Videos> videos(new Videos());
  videos->limits_.time_ms_max = static_cast<int>(settings.video_time_max.count());
  ClipIndexOptions index;
  if (settings.videos_on_disk) index.folder = settings.folder / "videos";
  SEAWALL_TRY(videos->clips_, ListClips::make(feed, store, clock, index));
  SEAWALL_CHECK(videos->open_decoder(log, settings));
  ListKeeper::Options keeping;
  keeping.trouble = [&log](const std::optional<Error>& error) {
    if (error) log.event("videos", *error);
    if (!error) log.note("videos", "the listed videos are read again");
  };
  ListClips& clips = *videos->clips_;
  const auto step = [&clips]() -> Result<ListKeeper::Step> {
    SEAWALL_TRY(const ListClipsStep one, clips.step(std::chrono::milliseconds(0)));
    return ListKeeper::Step{one.all_seen, one.newest};
  };
  videos->keeper_ = std::make_unique<ListKeeper>(
      ListKeeper::Followed{step, [&clips] { return clips.version(); }}, feed, keeping);
  return videos;
}

Result<void> Videos::open_decoder(JsonLog& log, const ServiceSettings& settings) {
  VideoSandboxOptions sandbox;
  sandbox.workers_max = static_cast<int>(2 * video_threads_of(settings.video_threads)) + 1;
  sandbox.wait_ms_max = static_cast<int>(settings.video_wait_max.count());
  sandbox.limits_max.time_ms_max = limits_.time_ms_max;
  auto made = SandboxedVideoDecoder::create(sandbox);
  if (!made) {
    log.note("videos", "no video is looked into, and all are looked up by their digests alone: " +
                           made.error().message);
    return {};
  }
  decoder_ = *std::move(made);
  VideoLooker::Options options;
  options.time_max = settings.video_time_max;
  looker_ = std::make_unique<VideoLooker>(*decoder_, *clips_, options);
  return {};
}

VideoStatus Videos::status() const {
  VideoStatus status{std::nullopt, clips_->sizes(), clips_->version()};
  if (decoder_ != nullptr) status.decoder = decoder_->stats();
  return status;
}

}  // namespace seawall
