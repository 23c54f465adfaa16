#include "seawall/scan/video_search.h"

#include <algorithm>
#include <utility>

#include "seawall/scan/file_examiner.h"

namespace seawall {
namespace {

constexpr std::int64_t kCloserUs = 200'000;

Result<VideoFindings> ask(std::span<const ScanBank* const> banks, const HashTrack& track) {
  VideoFindings findings;
  for (const ScanBank* bank : banks) SEAWALL_CHECK(bank->search_video(track, findings));
  return findings;
}

}  // namespace

Result<VideoSearch> search_video(VideoDecoder& decoder, const VideoSource& file,
                                 std::span<const ScanBank* const> banks, const VideoQueryOptions& options) {
  VideoSearch search;
  SEAWALL_TRY(search.video, query_video(decoder, file, options));
  SEAWALL_TRY(search.findings, ask(banks, search.video.track));
  const bool may_look = options.depth == VideoDepth::kAuto || options.depth == VideoDepth::kInterval;
  if (!search.findings.is_near || !may_look) return search;
  VideoQueryOptions closer = options;
  closer.depth = VideoDepth::kInterval;
  closer.interval_us = std::min(options.interval_us, kCloserUs);
  auto video = query_video(decoder, file, closer);
  if (!video) return search;
  SEAWALL_TRY(VideoFindings findings, ask(banks, video->track));
  search = {.video = *std::move(video), .findings = std::move(findings), .looked_closer = true};
  return search;
}

}  // namespace seawall
