#include "seawall/video_signals/frame_hasher.h"

#include <algorithm>
#include <optional>

namespace seawall {
namespace {

constexpr std::uint16_t kNoLabel = 0xFFFF;

}  // namespace

FrameHasher::FrameHasher(const FrameHashOptions& options) : options_(options) {}

// A trimmed part lies differently in each frame and is the same thing all the while, so its window is not
// part of its label.
std::uint16_t FrameHasher::label_of(const Variant& variant, bool second_trim) {
  const std::uint32_t key = static_cast<std::uint32_t>(variant.kind) * 64 +
                            static_cast<std::uint32_t>(variant.symmetry) * 4 + (variant.negative ? 2U : 0U) +
                            (second_trim ? 1U : 0U);
  const auto found = std::ranges::find(known_, key, &Known::key);
  if (found != known_.end()) return found->label;
  const std::size_t most = options_.side == VariantSide::kStored ? kStoredLabelsMax : kQueryLabelsMax;
  if (labels_.size() == most) return kNoLabel;
  const auto label = static_cast<std::uint16_t>(labels_.size());
  labels_.push_back((second_trim ? "even " : "") + variant.name());
  known_.push_back({key, label});
  return label;
}

std::vector<TimedHash> FrameHasher::hash(const VideoFrame& frame) {
  const FrameSignals signals = frame_signals_of(frame, options_.profile, options_.side);
  std::vector<TimedHash> hashes{{.time_us = frame.time_us, .hash = signals.pdq, .label = 0}};
  std::optional<VariantWindow> first_trim;
  for (const VariantHash& one : signals.variants) {
    if (one.variant == Variant{}) continue;  // Is there already.
    const bool is_trim = one.variant.kind == VariantKind::kTrim;
    if (is_trim && !first_trim) first_trim = one.variant.window;
    const bool second_trim = is_trim && one.variant.window != *first_trim;
    const std::uint16_t label = label_of(one.variant, second_trim);
    if (label == kNoLabel || hashes.size() == kHashesAFrameMax) {
      ++left_out_;
    } else {
      hashes.push_back({.time_us = frame.time_us, .hash = one.hash, .label = label});
    }
  }
  std::ranges::stable_sort(hashes, {}, &TimedHash::label);
  return hashes;
}

}  // namespace seawall
