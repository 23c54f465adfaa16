#include "seawall/tlog_store/detail/edge.h"

#include "seawall/tlog/bundle.h"

namespace seawall::tlog::detail {
namespace {

// Hashes in the tile that is not full, of a log of `size`.
std::uint64_t partial_width(std::uint64_t size, unsigned level) { return (size >> 8 * level) % kTileWidth; }

// The number of the tile that is not full.
std::uint64_t partial_index(std::uint64_t size, unsigned level) { return (size >> 8 * level) / kTileWidth; }

tl::unexpected<Error> corrupt(const std::string& path, const char* what) {
  return fail(Code::kCorrupt, path + " of the log " + what);
}

}  // namespace

Result<Edge> Edge::load(std::uint64_t size, ReadPath read) {
  Edge edge;
  edge.size_ = size;
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const TileId tile{level, partial_index(size, level), partial_width(size, level)};
    if (tile.width == 0) continue;
    SEAWALL_TRY(const std::string bytes, read(path_of(tile)));
    auto hashes = parse_tile(bytes, tile.width);
    if (!hashes) return corrupt(path_of(tile), "has another size");
    edge.tiles_[level] = std::move(*hashes);
  }
  if (edge.tiles_[0].empty()) return edge;
  SEAWALL_TRY(edge.bundle_, read(path_of(BundleId{partial_index(size, 0), partial_width(size, 0)})));
  SEAWALL_CHECK(edge.check_bundle());
  return edge;
}

Result<void> Edge::check_bundle() const {
  const std::string path = path_of(BundleId{partial_index(size_, 0), tiles_[0].size()});
  const auto entries = parse_bundle(bundle_, tiles_[0].size());
  if (!entries) return corrupt(path, "does not hold its entries");
  for (std::size_t i = 0; i < entries->size(); ++i) {
    if (hash_leaf((*entries)[i]) != tiles_[0][i]) return corrupt(path, "holds entries of other hashes");
  }
  return {};
}

Result<void> Edge::add(std::string_view entry, EmitFile emit) {
  if (size_ >= kSizeMax) return fail(Code::kLimitExceeded, "a log has at most 2^62 entries");
  SEAWALL_CHECK(append_entry(bundle_, entry));
  ++size_;
  if (size_ % kTileWidth == 0) {
    SEAWALL_CHECK(emit(path_of(BundleId{size_ / kTileWidth - 1}), bundle_));
    bundle_.clear();
  }
  return push(0, hash_leaf(entry), emit);
}

Result<void> Edge::push(unsigned level, const Hash& hash, EmitFile emit) {
  std::vector<Hash>& tile = tiles_[level];
  tile.push_back(hash);
  if (tile.size() < kTileWidth) return {};
  const TileId full{level, partial_index(size_, level) - 1};
  SEAWALL_CHECK(emit(path_of(full), print_tile(tile)));
  const Hash root = tree_hash(tile);
  tile.clear();
  return push(level + 1, root, emit);  // A log of kSizeMax ends within level 7, so this does too.
}

Result<void> Edge::emit_partial(std::uint64_t old_size, EmitFile emit) const {
  for (unsigned level = 0; level < kTileLevels; ++level) {
    if (tiles_[level].empty() || old_size >> 8 * level == size_ >> 8 * level) continue;
    const TileId tile{level, partial_index(size_, level), tiles_[level].size()};
    SEAWALL_CHECK(emit(path_of(tile), print_tile(tiles_[level])));
  }
  if (bundle_.empty() || old_size == size_) return {};
  return emit(path_of(BundleId{partial_index(size_, 0), partial_width(size_, 0)}), bundle_);
}

TreeHead Edge::head() const {
  Frontier frontier;
  for (unsigned level = kTileLevels; level-- > 0;) {
    for (const Hash& hash : tiles_[level])
      (void)frontier.append_subtree(hash, 8 * level);  // size_ <= kSizeMax.
  }
  return {size_, frontier.root()};
}

}  // namespace seawall::tlog::detail
