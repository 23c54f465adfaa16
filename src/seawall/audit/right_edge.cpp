#include "seawall/audit/right_edge.h"

namespace seawall {
namespace {

using tlog::kTileWidth;
using tlog::TileId;

// The tile of a level that is not full, in a log of `size`; of width 0 if there is none.
TileId partial_tile(std::uint64_t size, unsigned level) {
  const std::uint64_t hashes = size >> 8 * level;
  return {level, hashes / kTileWidth, hashes % kTileWidth};
}

}  // namespace

Result<RightEdge> RightEdge::load(ServedLog& served, const tlog::TreeHead& head) {
  RightEdge edge;
  edge.size_ = head.size;
  for (unsigned level = 0; level < tlog::kTileLevels; ++level) {
    const TileId tile = partial_tile(head.size, level);
    if (tile.width == 0) continue;
    SEAWALL_TRY(const std::string bytes, served.tile(tile));
    SEAWALL_TRY(edge.tiles_[level], tlog::parse_tile(bytes, tile.width));
  }
  if (edge.head() == head) return edge;
  return fail(Code::kCorrupt, "the log's first " + std::to_string(head.size) +
                                  " entries are not those that were checked before");
}

Result<void> RightEdge::push(unsigned level, const tlog::Hash& hash, OnTile on_tile) {
  std::vector<tlog::Hash>& tile = tiles_[level];
  tile.push_back(hash);
  if (tile.size() < kTileWidth) return {};
  // size_ counts this hash already, so the tile that is not full is the next one.
  const TileId full{level, partial_tile(size_, level).index - 1};
  if (level > 0) {
    SEAWALL_CHECK(on_tile(full, tlog::print_tile(tile)));
  }
  const tlog::Hash root = tlog::tree_hash(tile);
  tile.clear();
  return push(level + 1, root, on_tile);  // A log of kSizeMax ends within level 7, so this does too.
}

Result<void> RightEdge::add(std::span<const tlog::Hash> leaves, OnTile on_tile) {
  for (const tlog::Hash& leaf : leaves) {
    if (size_ >= tlog::kSizeMax) return fail(Code::kLimitExceeded, "a log has at most 2^62 entries");
    ++size_;
    SEAWALL_CHECK(push(0, leaf, on_tile));
  }
  return {};
}

Result<void> RightEdge::finish(OnTile on_tile) const {
  for (unsigned level = 1; level < tlog::kTileLevels; ++level) {
    if (tiles_[level].empty()) continue;
    SEAWALL_CHECK(on_tile(partial_tile(size_, level), tlog::print_tile(tiles_[level])));
  }
  return {};
}

tlog::TreeHead RightEdge::head() const {
  tlog::Frontier frontier;
  for (unsigned level = tlog::kTileLevels; level-- > 0;) {
    for (const tlog::Hash& hash : tiles_[level])
      (void)frontier.append_subtree(hash, 8 * level);  // size_ <= kSizeMax.
  }
  return {size_, frontier.root()};
}

}  // namespace seawall
