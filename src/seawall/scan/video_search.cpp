#include "seawall/scan/video_search.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "seawall/scan/file_examiner.h"

namespace seawall {
namespace {

constexpr std::int64_t kCloserUs = 200'000;
constexpr int kFingerprintBits = 256;

std::string label_of(std::span<const std::string> labels, std::size_t label) {
  return label < labels.size() ? labels[label] : "variant " + std::to_string(label);
}

Result<VideoFindings> ask(std::span<const ScanBank* const> banks, const HashTrack& track) {
  VideoFindings findings;
  for (const ScanBank* bank : banks) SEAWALL_CHECK(bank->search_video(track, findings));
  return findings;
}

bool overlap(const RecordedMatch& a, const RecordedMatch& b) {
  return a.bank == b.bank && a.entry == b.entry && a.clip && b.clip && a.clip->begin_ms <= b.clip->end_ms &&
         b.clip->begin_ms <= a.clip->end_ms;
}

/// The closer look's matches, and those of the first one that it has nothing in place of.
VideoFindings joined(VideoFindings closer, VideoFindings first) {
  const std::size_t seen_closer = closer.matches.size();
  for (RecordedMatch& match : first.matches) {
    const auto end = closer.matches.begin() + static_cast<std::ptrdiff_t>(seen_closer);
    const bool has_it = std::any_of(closer.matches.begin(), end,
                                    [&](const RecordedMatch& one) { return overlap(one, match); });
    if (!has_it) closer.matches.push_back(std::move(match));
  }
  return closer;
}

Result<VideoSearch> search_stream(VideoDecoder& decoder, const VideoSource& file,
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
  if (!video) {
    if (video.error().code == Code::kUnavailable) return tl::unexpected(std::move(video).error());
    return search;
  }
  SEAWALL_TRY(VideoFindings findings, ask(banks, video->track));
  search.findings = joined(std::move(findings), std::move(search.findings));
  // A closer look that came less far adds to the first one, but tells less of the video.
  if (video->whole() || !search.video.whole()) search.video = *std::move(video);
  search.looked_closer = true;
  return search;
}

}  // namespace

RecordedMatch recorded_clip(const ClipSegment& segment, std::span<const std::string> query_labels,
                            std::span<const std::string> listed_labels) {
  RecordedMatch match;
  match.distance_bits = kFingerprintBits;
  for (const AlignedPair& pair : segment.pairs) {
    match.distance_bits = std::min(match.distance_bits, pair.distance_bits);
  }
  match.variant = label_of(query_labels, segment.query_label);
  if (segment.reference_label > 0) {
    match.variant += ", listed " + label_of(listed_labels, segment.reference_label);
  }
  match.clip = ClipSpan{.tier = std::string(name_of(segment.tier)),
                        .begin_ms = segment.query_begin_ms,
                        .end_ms = segment.query_end_ms,
                        .listed_begin_ms = segment.reference_begin_ms,
                        .listed_end_ms = segment.reference_end_ms,
                        .speed = segment.speed,
                        .frames = segment.distinct_frames};
  return match;
}

Result<VideoSearch> search_video(VideoDecoder& decoder, const VideoSource& file,
                                 std::span<const ScanBank* const> banks, const VideoQueryOptions& options) {
  SEAWALL_TRY(VideoSearch search, search_stream(decoder, file, banks, options));
  const int streams = search.video.info.video_streams;
  for (int stream = 1; stream < std::min(streams, kVideoStreamsMax); ++stream) {
    VideoQueryOptions further = options;
    further.stream = stream;
    auto more = search_stream(decoder, file, banks, further);
    if (!more) {
      if (more.error().code == Code::kUnavailable) return tl::unexpected(std::move(more).error());
      if (!search.video.ended) search.video.ended = std::move(more).error();
      continue;
    }
    std::ranges::move(more->findings.matches, std::back_inserter(search.findings.matches));
    search.video.is_cut = search.video.is_cut || more->video.is_cut;
    if (!search.video.ended) search.video.ended = std::move(more->video.ended);
  }
  if (streams > kVideoStreamsMax && !search.video.ended) {
    search.video.ended =
        Error{Code::kLimitExceeded, std::to_string(streams) + " video streams, of which the first " +
                                        std::to_string(kVideoStreamsMax) + " were looked at"};
  }
  return search;
}

}  // namespace seawall
