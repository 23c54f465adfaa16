#pragma once

#include <span>
#include <string>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/tlog/hashes.h"
#include "seawall/tlog/tile.h"

namespace seawall::tlog {

/// Hashes of a proof, in the order of RFC 6962: from the leaf's sibling up.
using Proof = std::vector<Hash>;
/// The most hashes that a proof has: one a level of the tree, and one more for consistency.
inline constexpr std::size_t kProofHashesMax = 63;

/// Gives a tile's bytes, 32 * tile.width of them. Asked only for tiles of the tree that a proof is made in,
/// each as wide as it is there. Its errors are passed on; bytes of another size are kCorrupt.
using ReadTile = FunctionRef<Result<std::string>(const TileId& tile)>;

/// The root of the tree of `size` entries. Reads a tile a level; cost: at most 256 hashes each.
Result<Hash> tree_root(std::uint64_t size, ReadTile read);

/// That entry `index` is in the tree of `size` entries (RFC 6962 section 2.1.1). Errors: kInvalidInput unless
/// index < size <= kSizeMax; those of `read`. Reads at most two tiles a level.
Result<Proof> prove_inclusion(std::uint64_t index, std::uint64_t size, ReadTile read);

/// That the tree of `new_size` begins with that of `old_size` (section 2.1.2): empty if the two are the same.
/// Errors: kInvalidInput unless 1 <= old_size <= new_size <= kSizeMax; those of `read`. Reads at most two
/// tiles a level.
Result<Proof> prove_consistency(std::uint64_t old_size, std::uint64_t new_size, ReadTile read);

/// Succeeds if `proof` shows that the entry of `leaf` hash is number `index` of the tree of `size` and
/// `root`. Errors: kInvalidInput, also for a proof that is longer or shorter than it must be. RFC 9162
/// section 2.1.3.2.
Result<void> verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                              std::span<const Hash> proof, const Hash& root);

/// A tree by its size and root.
struct TreeHead {
  std::uint64_t size = 0;
  Hash root = hash_empty();
  friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

/// Succeeds if `proof` shows that `next` begins with the entries of `old`. Errors: kInvalidInput, also for a
/// proof of another length and for an old tree without entries, of which there is nothing to prove. RFC 9162
/// section 2.1.4.2.
Result<void> verify_consistency(const TreeHead& old, const TreeHead& next, std::span<const Hash> proof);

/// The same for any old tree: one without entries must have the empty tree's root and needs an empty proof,
/// as C2SP tlog-witness asks; and a new tree without entries must have it too.
Result<void> verify_growth(const TreeHead& old, const TreeHead& next, std::span<const Hash> proof);

}  // namespace seawall::tlog
