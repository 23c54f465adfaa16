#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "seawall/audit/served_log.h"
#include "seawall/base/function_ref.h"
#include "seawall/tlog/proofs.h"

namespace seawall {

/// Recomputes the tiles of a log from its entries' hashes. Memory: 64 KiB at most. Threads: one.
class RightEdge {
 public:
  /// Takes a tile as the entries make it.
  using OnTile = FunctionRef<Result<void>(const tlog::TileId& tile, const std::string& bytes)>;

  /// Nothing yet.
  RightEdge() = default;
  /// That of `head`, of which the served log, which has its size at least, is only asked for what hashes to
  /// head.root. Errors: kCorrupt if it does not; those of `served`.
  static Result<RightEdge> load(ServedLog& served, const tlog::TreeHead& head);

  /// Errors: kLimitExceeded (2^62 entries), those of `on_tile`, which is asked for each tile above level 0
  /// once it is full.
  Result<void> add(std::span<const tlog::Hash> leaves, OnTile on_tile);
  /// Gives the tiles above level 0 that are not full.
  Result<void> finish(OnTile on_tile) const;

  /// Hashes of the last tile of level 0, as long as it is not full.
  [[nodiscard]] std::span<const tlog::Hash> partial_leaves() const { return tiles_[0]; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] tlog::TreeHead head() const;

 private:
  Result<void> push(unsigned level, const tlog::Hash& hash, OnTile on_tile);

  std::uint64_t size_ = 0;
  std::array<std::vector<tlog::Hash>, tlog::kTileLevels> tiles_;
};

}  // namespace seawall
