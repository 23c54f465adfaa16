#include "seawall/video_signals/frame_hasher.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace seawall {
namespace {

constexpr std::uint16_t kNoLabel = 0xFFFF;
constexpr float kEdgeOffMax = 0.012F;  ///< Half of what lies between two of the windows that are looked at.

bool is_near(const VariantWindow& a, const VariantWindow& b) {
  const auto off = [](float one, float other) { return std::abs(one - other) > kEdgeOffMax; };
  return !off(a.x, b.x) && !off(a.y, b.y) && !off(a.x + a.width, b.x + b.width) &&
         !off(a.y + a.height, b.y + b.height);
}

}  // namespace

FrameHasher::FrameHasher(const FrameHashOptions& options) : options_(options) {}

// A trimmed part lies differently in each frame and is the same thing all the while, so its window is not
// part of its label; other windows are told apart by theirs.
std::uint16_t FrameHasher::label_of(const Variant& variant, bool second_trim) {
  const std::uint32_t key = static_cast<std::uint32_t>(variant.kind) * 64 +
                            static_cast<std::uint32_t>(variant.symmetry) * 4 + (variant.negative ? 2U : 0U) +
                            (second_trim ? 1U : 0U);
  const bool is_whole = variant.kind == VariantKind::kOriginal || variant.kind == VariantKind::kTrim;
  const auto found = std::ranges::find_if(known_, [&](const Known& one) {
    return one.key == key && (is_whole || is_near(one.window, variant.window));
  });
  if (found != known_.end()) return found->label;
  const std::size_t most = options_.side == VariantSide::kStored ? kStoredLabelsMax : kQueryLabelsMax;
  if (labels_.size() == most) return kNoLabel;
  const auto label = static_cast<std::uint16_t>(labels_.size());
  labels_.push_back((second_trim ? "even " : "") + variant.name());
  known_.push_back({key, variant.window, label});
  return label;
}

std::vector<TimedHash> FrameHasher::hash(const VideoFrame& frame) {
  return label(signals_of(frame), frame.time_us);
}

FrameSignals FrameHasher::signals_of(const VideoFrame& frame) const {
  return frame_signals_of(frame, options_.profile, options_.side);
}

std::vector<TimedHash> FrameHasher::label(const FrameSignals& signals, std::int64_t time_us) {
  std::vector<TimedHash> hashes{{.time_us = time_us, .hash = signals.pdq, .label = 0}};
  std::optional<VariantWindow> first_trim;
  for (const VariantHash& one : signals.variants) {
    if (one.variant == Variant{}) continue;  // Is there already.
    const bool is_trim = one.variant.kind == VariantKind::kTrim;
    if (is_trim && !first_trim) first_trim = one.variant.window;
    const bool second_trim = is_trim && one.variant.window != *first_trim;
    const std::uint16_t label = label_of(one.variant, second_trim);
    // Two windows of one frame at the same place say the same.
    if (label != kNoLabel && std::ranges::find(hashes, label, &TimedHash::label) != hashes.end()) continue;
    if (label == kNoLabel || hashes.size() == kHashesAFrameMax) {
      ++left_out_;
    } else {
      hashes.push_back({.time_us = time_us, .hash = one.hash, .label = label});
    }
  }
  std::ranges::stable_sort(hashes, {}, &TimedHash::label);
  return hashes;
}

}  // namespace seawall
