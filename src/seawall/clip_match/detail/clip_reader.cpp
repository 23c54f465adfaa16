#include "seawall/clip_match/detail/clip_reader.h"

#include <algorithm>
#include <ranges>
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

const std::vector<HeldHash>& ClipReader::block(std::uint32_t block) const {
  const auto [read, is_new] = blocks_.try_emplace(block);
  if (is_new) clip_->print.read(block, read->second);
  return read->second;
}

const HeldHash& ClipReader::hash(std::uint32_t hash) const {
  const std::uint32_t of_block = clip_->print.block_hashes();
  return block(hash / of_block)[hash % of_block];
}

void ClipReader::each_before(double time_ms, std::uint8_t label,
                             FunctionRef<bool(std::uint32_t, const HeldHash&)> visit) const {
  const PackedPrint& print = clip_->print;
  const auto all = std::views::iota(std::uint32_t{0}, print.blocks());
  const auto past = std::ranges::upper_bound(
      all, time_ms, {}, [&](std::uint32_t i) { return static_cast<double>(print.start_ms(i)); });
  for (auto at = static_cast<std::uint32_t>(past - all.begin()); at-- > 0;) {
    if (!print.has(at, label)) continue;
    const std::vector<HeldHash>& hashes = block(at);
    for (auto i = static_cast<std::uint32_t>(hashes.size()); i-- > 0;) {
      if (hashes[i].label != label || static_cast<double>(hashes[i].start_ms) > time_ms) continue;
      if (!visit(at * print.block_hashes() + i, hashes[i])) return;
    }
  }
}

}  // namespace seawall::clip_detail
