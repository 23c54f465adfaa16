#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/clip_match/clip_index.h"
#include "seawall/clip_match/clip_scope.h"
#include "seawall/clip_match/detail/listed_clip.h"

namespace seawall::clip_detail {

/// A listed clip as one search reads it: its hashes by place and by time, and which of them are benign to
/// whoever searches. Remembers what it has looked up.
/// Threads: one. Lifetime: borrows index and scope.
class ClipReader {
 public:
  ClipReader(std::shared_ptr<const ListedClip> clip, const ClipIndex& index, const ClipScope& scope)
      : clip_(std::move(clip)), index_(index), scope_(scope) {}

  [[nodiscard]] std::uint32_t duration_ms() const { return clip_->print.duration_ms(); }
  /// `hash`: its place in the print. Lives as long as this.
  [[nodiscard]] const HeldHash& hash(std::uint32_t hash) const;
  /// Whether it is near a benign template that concerns the search.
  [[nodiscard]] bool is_benign(std::uint32_t hash) const;
  /// The hashes of `label` that start at `time_ms` or before, the last one first, until `visit` says false.
  void each_before(double time_ms, std::uint8_t label,
                   FunctionRef<bool(std::uint32_t, const HeldHash&)> visit) const;

 private:
  [[nodiscard]] const std::vector<HeldHash>& block(std::uint32_t block) const;

  std::shared_ptr<const ListedClip> clip_;
  const ClipIndex& index_;
  const ClipScope& scope_;
  mutable std::unordered_map<std::uint32_t, bool> benign_;
  mutable std::unordered_map<std::uint32_t, std::vector<HeldHash>> blocks_;  // That were read.
};

}  // namespace seawall::clip_detail
