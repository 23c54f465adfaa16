#include "seawall/store_sql/detail/key_filter.h"

#include <algorithm>

namespace seawall::store_sql_detail {
namespace {

__extension__ using Wide = unsigned __int128;
constexpr std::size_t kBitsEach = 24;
constexpr int kProbes = 7;

std::size_t block_of(std::uint64_t hash, std::size_t blocks) {
  return static_cast<std::size_t>((static_cast<Wide>(hash) * blocks) >> 64);
}

/// Seven places of nine bits.
std::uint64_t places_of(std::uint64_t hash) {
  hash ^= hash >> 31;
  hash *= 0x9E3779B97F4A7C15U;
  return hash ^ (hash >> 29);
}

}  // namespace

bool KeyFilter::may_hold(std::uint64_t hash) const {
  return std::any_of(layers_.begin(), layers_.end(), [&](const Layer& layer) {
    const Block& block = layer.blocks[block_of(hash, layer.blocks.size())];
    std::uint64_t places = places_of(hash);
    for (int i = 0; i < kProbes; ++i, places >>= 9) {
      if ((block.words[(places >> 6) & 7] >> (places & 63) & 1) == 0) return false;
    }
    return true;
  });
}

void KeyFilter::add(std::uint64_t hash) {
  if (layers_.empty() || (layers_.back().room == 0 && layers_.size() < kLayersMax)) {
    const std::size_t room = kFirstLayer << (2 * layers_.size());
    layers_.push_back({std::vector<Block>(room * kBitsEach / 512), room});
  }
  Layer& layer = layers_.back();
  if (layer.room > 0) --layer.room;
  Block& block = layer.blocks[block_of(hash, layer.blocks.size())];
  std::uint64_t places = places_of(hash);
  for (int i = 0; i < kProbes; ++i, places >>= 9) {
    block.words[(places >> 6) & 7] |= std::uint64_t{1} << (places & 63);
  }
}

}  // namespace seawall::store_sql_detail
