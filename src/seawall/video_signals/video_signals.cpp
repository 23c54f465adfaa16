#include "seawall/video_signals/video_signals.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "seawall/crypto/digest.h"
#include "seawall/fingerprint/pdq.h"
#include "seawall/video_signals/frame_hasher.h"

namespace seawall {
namespace {

constexpr std::int64_t kSpacingUsMin = 250'000;  ///< Of keyframes: intra-only codecs have nothing else.
constexpr std::size_t kChunkBytes = 1 << 20;

Result<QueryVideo> sample(VideoDecoder& decoder, const VideoSource& file, const VideoQueryOptions& options,
                          VideoSampling sampling) {
  QueryVideo video;
  FrameHasher hasher({.profile = options.profile, .side = VariantSide::kQuery});
  VideoOptions how;
  how.sampling = sampling;
  how.interval_us = options.interval_us;
  how.spacing_us_min = kSpacingUsMin;
  how.limits = options.limits;
  const auto visit = [&](const VideoFrame& frame) {
    const std::vector<TimedHash> hashes = hasher.hash(frame);
    video.is_cut = video.track.hashes.size() + hashes.size() > options.hashes_max;
    if (!video.is_cut) video.track.hashes.insert(video.track.hashes.end(), hashes.begin(), hashes.end());
    return !video.is_cut;
  };
  SEAWALL_TRY(video.info, decoder.decode(file, how, visit));
  video.track.labels = hasher.labels();
  video.in_step = sampling == VideoSampling::kInterval;
  return video;
}

/// The frames that Meta's program hashes, and the hashes that it gives them.
class VpdqSampler {
 public:
  explicit VpdqSampler(const VideoInfo& info) : num_(info.frame_rate_num), den_(info.frame_rate_den) {
    if (num_ > 0 && den_ > 0) every_ = std::max(1, num_ / den_);
  }

  void add(const VideoFrame& frame) {
    if (every_ == 0 || frame.index % every_ != 0 || features_.size() == kVpdqFeaturesMax) return;
    YccView planes = frame.planes;
    planes.matrix = is_full_range(planes.matrix) ? YccMatrix::kBt601Full : YccMatrix::kBt601Limited;
    const PdqHash hash = pdq_hash_linear(planes);
    features_.push_back({.frame_number = static_cast<int>(frame.index),
                         .quality = hash.quality,
                         .bits = hash.bits,
                         .time_us = frame.index * 1'000'000 * den_ / num_});
  }

  std::vector<VpdqFeature> take() && { return std::move(features_); }

 private:
  int num_;
  int den_;
  int every_ = 0;
  std::vector<VpdqFeature> features_;
};

}  // namespace

Result<QueryVideo> query_video(VideoDecoder& decoder, const VideoSource& file,
                               const VideoQueryOptions& options) {
  switch (options.depth) {
    case VideoDepth::kInterval:
      return sample(decoder, file, options, VideoSampling::kInterval);
    case VideoDepth::kEveryFrame:
      return sample(decoder, file, options, VideoSampling::kEveryFrame);
    case VideoDepth::kKeyframes:
    case VideoDepth::kAuto:
      break;
  }
  SEAWALL_TRY(QueryVideo by_keyframes, sample(decoder, file, options, VideoSampling::kKeyframes));
  const bool is_rare = by_keyframes.info.keyframe_gap_us_max > options.gap_us_max;
  if (options.depth == VideoDepth::kKeyframes || !is_rare || by_keyframes.is_cut) return by_keyframes;
  auto in_step = sample(decoder, file, options, VideoSampling::kInterval);
  // What keyframes gave is better than nothing where decoding it all takes too long.
  if (!in_step && in_step.error().code == Code::kLimitExceeded) {
    by_keyframes.is_cut = true;
    return by_keyframes;
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
  const auto visit = [&](const VideoFrame& frame) {
    vpdq.add(frame);
    for (const TimedHash& hash : hasher.hash(frame)) {
      if (added) added = pruner.add(hash);
    }
    return added.has_value();
  };
  how.sampling = VideoSampling::kEveryFrame;
  SEAWALL_TRY(video.info, decoder.decode(file, how, visit));
  SEAWALL_CHECK(std::move(added));
  video.print = pruner.take();
  video.print.labels = hasher.labels();
  video.vpdq = std::move(vpdq).take();
  return video;
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
