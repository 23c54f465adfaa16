#include "seawall/clip_match/detail/clip_reader.h"

#include <algorithm>
#include <span>

namespace seawall::clip_detail {

bool ClipReader::is_benign(std::uint32_t hash) const {
  if (index_.benign_templates() == 0) return false;
  const auto known = benign_.find(hash);
  if (known != benign_.end()) return known->second;
  const Fingerprint256 bits = this->hash(hash).bits;
  // A look-up of one hash within fixed limits does not fail.
  const auto asked = index_.benign(std::span(&bits, 1), scope_);
  return benign_.emplace(hash, asked && (*asked)[0]).first->second;
}

void ClipReader::each_before(double time_ms, std::uint8_t label,
                             FunctionRef<bool(std::uint32_t, const HeldHash&)> visit) const {
  const auto& own = clip_->by_label[label];
  auto past = std::ranges::upper_bound(
      own, time_ms, {}, [&](std::uint32_t i) { return static_cast<double>(hash(i).start_ms); });
  while (past != own.begin()) {
    const std::uint32_t i = *--past;
    if (!visit(i, hash(i))) return;
  }
}

}  // namespace seawall::clip_detail
