#include "seawall/video_print/dense_print.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace seawall {
namespace {

Result<std::uint32_t> milliseconds(std::int64_t time_us) {
  if (time_us < 0) return fail(Code::kInvalidInput, "a frame's time is before the start of the video");
  if (time_us / 1000 > DensePrint::kTimeMaxMs)
    return fail(Code::kLimitExceeded, "a video fingerprint covers at most 24 days");
  return static_cast<std::uint32_t>(time_us / 1000);
}

void put_in_order(DensePrint& print) {
  std::ranges::stable_sort(print.hashes, {},
                           [](const HeldHash& hash) { return std::pair(hash.start_ms, hash.label); });
}

}  // namespace

DensePruner::DensePruner(std::vector<std::string> labels, const PruneOptions& options) : options_(options) {
  print_.labels = std::move(labels);
  last_.resize(print_.labels.size());
}

Result<void> DensePruner::add(const TimedHash& hash) {
  if (hash.label >= last_.size() || hash.label >= DensePrint::kLabelsMax)
    return fail(Code::kInvalidInput, "a frame's label is not among those of the track");
  SEAWALL_TRY(const std::uint32_t time_ms, milliseconds(hash.time_us));
  if (print_.hashes.size() == DensePrint::kHashesMax)
    return fail(Code::kLimitExceeded, "a video fingerprint has at most 4,194,304 hashes");
  print_.duration_ms = std::max(print_.duration_ms, time_ms);
  Last& last = last_[hash.label];
  if (last.any && time_ms < last.seen_ms) {
    ++dropped_out_of_order_;
    return {};
  }
  if (hash.hash.quality < options_.quality_min) return {};
  keep(hash, time_ms, last);
  return {};
}

void DensePruner::keep(const TimedHash& hash, std::uint32_t time_ms, Last& last) {
  const bool silent = last.any && time_ms - last.seen_ms > options_.silence_ms_max;
  last.seen_ms = time_ms;
  if (last.any && !silent) {
    HeldHash& kept = print_.hashes[last.kept];
    const bool near = hamming_distance(kept.bits, hash.hash.bits) < options_.move_bits_min;
    if (near && !last.away) {
      kept.hold_ms = time_ms - kept.start_ms;
      return;
    }
    last.away = true;
    if (time_ms - kept.start_ms < options_.step_ms_min) return;
  }
  last = {print_.hashes.size(), true, false, time_ms};
  print_.hashes.push_back({hash.hash.bits, time_ms, 0, static_cast<std::int8_t>(hash.hash.quality),
                           static_cast<std::uint8_t>(hash.label)});
}

DensePrint DensePruner::take() {
  put_in_order(print_);
  std::vector<std::string> labels = print_.labels;
  last_.assign(labels.size(), {});
  return std::exchange(print_, DensePrint{std::move(labels), 0, {}});
}

Result<DensePrint> prune(const HashTrack& track, const PruneOptions& options) {
  DensePruner pruner(track.labels, options);
  for (const TimedHash& hash : track.hashes) SEAWALL_CHECK(pruner.add(hash));
  return pruner.take();
}

Result<DensePrint> print_of_samples(const HashTrack& track, int quality_min) {
  if (track.hashes.size() > DensePrint::kHashesMax)
    return fail(Code::kLimitExceeded, "a video fingerprint has at most 4,194,304 hashes");
  DensePrint print;
  print.labels = track.labels;
  for (const TimedHash& hash : track.hashes) {
    SEAWALL_TRY(const std::uint32_t time_ms, milliseconds(hash.time_us));
    if (hash.label >= print.labels.size() || hash.label >= DensePrint::kLabelsMax)
      return fail(Code::kInvalidInput, "a frame's label is not among those of the track");
    print.duration_ms = std::max(print.duration_ms, time_ms);
    if (hash.hash.quality < quality_min) continue;
    print.hashes.push_back({hash.hash.bits, time_ms, 0, static_cast<std::int8_t>(hash.hash.quality),
                            static_cast<std::uint8_t>(hash.label)});
  }
  put_in_order(print);
  return print;
}

}  // namespace seawall
