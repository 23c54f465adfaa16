#include "seawall/video_signals/video_signals.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "seawall/crypto/digest.h"
#include "seawall/fingerprint/pdq.h"
#include "seawall/video_print/tmk_maker.h"
#include "seawall/video_signals/frame_hasher.h"

namespace seawall {
namespace {

constexpr std::int64_t kSpacingUsMin = 250'000;  ///< Of keyframes: intra-only codecs have nothing else.
constexpr std::size_t kChunkBytes = 1 << 20;
constexpr std::int64_t kVpdqSecondsMax = 10'000'000;  ///< Far over DensePrint's 24 days.

tl::unexpected<Error> stopped() {
  return fail(Code::kUnavailable, "stopped before the video was looked at whole");
}

/// What one decode gives. Labels are the hasher's, which may serve several.
Result<QueryVideo> sample(VideoDecoder& decoder, const VideoSource& file, const VideoQueryOptions& options,
                          VideoSampling sampling, FrameHasher& hasher) {
  QueryVideo video;
  VideoOptions how;
  how.sampling = sampling;
  how.interval_us = options.interval_us;
  how.spacing_us_min = kSpacingUsMin;
  how.stream = options.stream;
  how.limits = options.limits;
  bool is_stopped = false;
  VideoInfo seen;
  const auto visit = [&](const VideoFrame& frame) {
    is_stopped = options.stopping();
    if (is_stopped) return false;
    seen.width_px = frame.planes.width_px;
    seen.height_px = frame.planes.height_px;
    seen.orientation = frame.orientation;
    seen.last_us = frame.time_us;
    ++seen.frames_visited;
    const std::vector<TimedHash> hashes = hasher.hash(frame);
    video.is_cut = video.track.hashes.size() + hashes.size() > options.hashes_max;
    if (!video.is_cut) video.track.hashes.insert(video.track.hashes.end(), hashes.begin(), hashes.end());
    return !video.is_cut;
  };
  auto info = decoder.decode(file, how, visit);
  if (is_stopped) return stopped();
  if (!info) {
    if (seen.frames_visited == 0 || info.error().code == Code::kUnavailable) {
      return tl::unexpected(std::move(info).error());
    }
    video.ended = std::move(info).error();
  }
  video.info = info ? *std::move(info) : seen;
  video.track.labels = hasher.labels();
  video.in_step = sampling == VideoSampling::kInterval;
  return video;
}

/// Of two looks at one video: the first as far as it came, then the other, as far as there is room.
QueryVideo continued(QueryVideo in_step, QueryVideo by_keyframes, std::size_t hashes_max) {
  auto& hashes = in_step.track.hashes;
  const std::int64_t end_us = hashes.empty() ? -1 : hashes.back().time_us;
  for (const TimedHash& hash : by_keyframes.track.hashes) {
    if (hash.time_us > end_us && hashes.size() < hashes_max) hashes.push_back(hash);
  }
  in_step.info = std::move(by_keyframes.info);
  return in_step;
}

/// The frames that Meta's program hashes, and the hashes that it gives them.
class VpdqSampler {
 public:
  explicit VpdqSampler(const VideoInfo& info) : num_(info.frame_rate_num), den_(info.frame_rate_den) {
    if (num_ > 0 && den_ > 0) every_ = std::max<std::int64_t>(1, num_ / den_);
  }

  void add(const VideoFrame& frame) {
    if (every_ == 0 || frame.index % every_ != 0 || features_.size() == kVpdqFeaturesMax) return;
    // A rate that no video has, in a header that lies: then by that time there is nothing more to hash.
    if (frame.index * den_ / num_ > kVpdqSecondsMax) return;
    YccView planes = frame.planes;
    planes.matrix = is_full_range(planes.matrix) ? YccMatrix::kBt601Full : YccMatrix::kBt601Limited;
    const PdqHash hash = pdq_hash_linear(planes);
    features_.push_back({.frame_number = static_cast<int>(frame.index),
                         .quality = hash.quality,
                         .bits = hash.bits,
                         .time_us = time_us_of(frame.index)});
  }

  std::vector<VpdqFeature> take() && { return std::move(features_); }

 private:
  /// Index and rate have 31 bits each: their product, and a million times the rest, have less than 63.
  [[nodiscard]] std::int64_t time_us_of(std::int64_t index) const {
    const std::int64_t counted = index * den_;
    return counted / num_ * 1'000'000 + counted % num_ * 1'000'000 / num_;
  }

  std::int64_t num_;
  std::int64_t den_;
  std::int64_t every_ = 0;
  std::vector<VpdqFeature> features_;
};

}  // namespace

Result<void> QueryVideo::whole() const {
  if (ended) {
    return fail(ended->code, "looked at only in part, up to where this happened: " + ended->message);
  }
  if (is_cut) return fail(Code::kLimitExceeded, "too long to look at whole; what was looked at was compared");
  return {};
}

Result<QueryVideo> query_video(VideoDecoder& decoder, const VideoSource& file,
                               const VideoQueryOptions& options) {
  FrameHasher hasher({.profile = options.profile, .side = VariantSide::kQuery});
  switch (options.depth) {
    case VideoDepth::kInterval:
      return sample(decoder, file, options, VideoSampling::kInterval, hasher);
    case VideoDepth::kEveryFrame:
      return sample(decoder, file, options, VideoSampling::kEveryFrame, hasher);
    case VideoDepth::kKeyframes:
    case VideoDepth::kAuto:
      break;
  }
  SEAWALL_TRY(QueryVideo by_keyframes, sample(decoder, file, options, VideoSampling::kKeyframes, hasher));
  const bool is_rare = by_keyframes.info.keyframe_gap_us_max > options.gap_us_max;
  if (options.depth == VideoDepth::kKeyframes || !is_rare || by_keyframes.is_cut) return by_keyframes;
  auto in_step = sample(decoder, file, options, VideoSampling::kInterval, hasher);
  if (!in_step) {
    if (in_step.error().code == Code::kUnavailable) return in_step;
    // What keyframes gave is better than nothing.
    by_keyframes.ended = std::move(in_step).error();
    return by_keyframes;
  }
  if (in_step->ended || in_step->is_cut) {
    return continued(*std::move(in_step), std::move(by_keyframes), options.hashes_max);
  }
  return in_step;
}

Result<ListedVideo> listed_video(VideoDecoder& decoder, const VideoSource& file,
                                 const ListingOptions& options) {
  ListedVideo video;
  VideoOptions how;
  how.sampling = VideoSampling::kInfo;
  how.limits = options.limits;
  SEAWALL_TRY(video.info, decoder.decode(file, how, [](const VideoFrame&) { return true; }));
  FrameHasher hasher({.profile = options.profile, .side = VariantSide::kStored});
  // Labels are known once all frames have been seen: until then each has a place.
  DensePruner pruner(std::vector<std::string>(FrameHasher::kStoredLabelsMax), options.prune);
  VpdqSampler vpdq(video.info);
  Result<void> added;
  bool is_stopped = false;
  const auto visit = [&](const VideoFrame& frame) {
    is_stopped = options.stopping();
    if (is_stopped) return false;
    vpdq.add(frame);
    for (const TimedHash& hash : hasher.hash(frame)) {
      if (added) added = pruner.add(hash);
    }
    return added.has_value();
  };
  how.sampling = VideoSampling::kEveryFrame;
  SEAWALL_TRY(video.info, decoder.decode(file, how, visit));
  if (is_stopped) return stopped();
  SEAWALL_CHECK(std::move(added));
  video.print = pruner.take();
  video.print.labels = hasher.labels();
  video.vpdq = std::move(vpdq).take();
  return video;
}

Result<TmkPrint> tmk_of_video(VideoDecoder& decoder, const VideoSource& file, const TmkOptions& options) {
  VideoOptions how;
  how.sampling = VideoSampling::kInterval;
  how.interval_us = 1'000'000 / TmkMaker::kFramesPerSecond;
  how.stream = options.stream;
  how.limits = options.limits;
  TmkMaker maker;
  Result<void> added;
  bool is_stopped = false;
  std::int64_t last_us = 0;
  const auto visit = [&](const VideoFrame& frame) {
    is_stopped = options.stopping();
    if (is_stopped) return false;
    last_us = frame.time_us;
    const PdqSpectrum spectrum = pdq_spectrum(pdq_grid_linear(frame.planes, frame.orientation));
    added = maker.add(spectrum.dct, frame.time_us);
    return added.has_value();
  };
  SEAWALL_TRY(const VideoInfo info, decoder.decode(file, how, visit));
  if (is_stopped) return stopped();
  SEAWALL_CHECK(std::move(added));
  const std::int64_t frame_us =
      info.frame_rate_num > 0 ? 1'000'000LL * info.frame_rate_den / info.frame_rate_num : 0;
  return maker.finish(std::max(last_us, info.last_us) + std::clamp<std::int64_t>(frame_us, 0, 1'000'000));
}

Result<FileDigests> digests_of_file(int file, std::uint64_t bytes_max, FunctionRef<bool()> stopping) {
  struct stat status = {};
  if (::fstat(file, &status) != 0) return fail(Code::kUnavailable, std::strerror(errno));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > bytes_max) {
    return fail(Code::kLimitExceeded,
                std::to_string(size) + " bytes, at most " + std::to_string(bytes_max) + " are read");
  }
  FileDigester digester;
  std::vector<std::byte> chunk(kChunkBytes);
  std::uint64_t at = 0;
  while (true) {
    if (stopping()) return fail(Code::kUnavailable, "stopped before the file was read whole");
    const ssize_t got = ::pread(file, chunk.data(), chunk.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Code::kUnavailable, std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) return digester.finish();
    digester.update(std::span(chunk).first(static_cast<std::size_t>(got)));
    at += static_cast<std::uint64_t>(got);
    if (at > size) return fail(Code::kConflict, "the file grows while it is read; try again later");
  }
}

}  // namespace seawall
