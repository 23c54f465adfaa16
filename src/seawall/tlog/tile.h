#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "seawall/tlog/hashes.h"

namespace seawall::tlog {

/// Hashes in a full tile, and entries in a full bundle.
inline constexpr std::uint64_t kTileWidth = 256;
/// Levels of tiles that a log of kSizeMax entries has: 0 to 7.
inline constexpr unsigned kTileLevels = 8;

/// Names a tile: the hashes of `width` full subtrees of 256^level entries each, from subtree index * 256 on.
/// C2SP tlog-tiles, "Merkle Tree".
struct TileId {
  unsigned level = 0;  ///< 0..63; a log here has none above 7.
  std::uint64_t index = 0;
  std::uint64_t width = kTileWidth;  ///< 1..256; below 256 the tile is partial.
  friend auto operator<=>(const TileId&, const TileId&) = default;
};

/// Names a bundle of entries: `width` of them from entry index * 256 on. C2SP tlog-tiles, "Log entries".
struct BundleId {
  std::uint64_t index = 0;
  std::uint64_t width = kTileWidth;  ///< 1..256.
  friend auto operator<=>(const BundleId&, const BundleId&) = default;
};

/// "tile/0/x001/x234/067" or, partial, "tile/0/x001/x234/067.p/8".
[[nodiscard]] std::string path_of(const TileId& tile);
/// "tile/entries/x001/x234/067" and so on.
[[nodiscard]] std::string path_of(const BundleId& bundle);

/// Reads what path_of() writes, and nothing else: no leading slash, no other number of digits, no number that
/// does not fit. Errors: kInvalidInput. Source: C2SP tlog-tiles.
Result<std::variant<TileId, BundleId>> parse_tile_path(std::string_view path);

/// How many hashes tile `index` of `level` has in a tree of `size`: 0 (the tree has no such tile) to 256.
[[nodiscard]] std::uint64_t tile_width(std::uint64_t size, unsigned level, std::uint64_t index);

/// Whether a tree of `size` has at least `tile.width` hashes there, or the entries of `bundle`.
[[nodiscard]] bool is_within(const TileId& tile, std::uint64_t size);
[[nodiscard]] bool is_within(const BundleId& bundle, std::uint64_t size);

/// The tiles that a tree of `new_size` has and one of `old_size` has not: by level, then index; each once and
/// as wide as in the new tree. Bundles are those of level 0. Errors: kInvalidInput if the tree shrinks or
/// exceeds kSizeMax; kLimitExceeded if there are more than 2^20 of them.
Result<std::vector<TileId>> changed_tiles(std::uint64_t old_size, std::uint64_t new_size);

/// The hashes of a tile's bytes: 32 * width of them. Errors: kInvalidInput if there are more or fewer.
Result<std::vector<Hash>> parse_tile(std::string_view bytes, std::uint64_t width);
[[nodiscard]] std::string print_tile(const std::vector<Hash>& hashes);

}  // namespace seawall::tlog
