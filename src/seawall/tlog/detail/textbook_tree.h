#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "seawall/tlog/proofs.h"

namespace seawall::tlog::detail {

/// RFC 6962 section 2.1 as it is written, recursively, for tests: the slow twin of hashes.h and proofs.h.
inline std::size_t split_of(std::size_t n) {  // "the largest power of two smaller than n"
  std::size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

inline Hash textbook_mth(std::span<const Hash> leaves) {
  if (leaves.empty()) return hash_empty();
  if (leaves.size() == 1) return leaves[0];
  const std::size_t k = split_of(leaves.size());
  return hash_children(textbook_mth(leaves.first(k)), textbook_mth(leaves.subspan(k)));
}

inline Proof textbook_path(std::size_t m, std::span<const Hash> leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t k = split_of(leaves.size());
  Proof path = m < k ? textbook_path(m, leaves.first(k)) : textbook_path(m - k, leaves.subspan(k));
  path.push_back(textbook_mth(m < k ? leaves.subspan(k) : leaves.first(k)));
  return path;
}

inline Proof textbook_subproof(std::size_t m, std::span<const Hash> leaves, bool known) {
  if (m == leaves.size()) return known ? Proof{} : Proof{textbook_mth(leaves)};
  const std::size_t k = split_of(leaves.size());
  Proof proof = m <= k ? textbook_subproof(m, leaves.first(k), known)
                       : textbook_subproof(m - k, leaves.subspan(k), false);
  proof.push_back(textbook_mth(m <= k ? leaves.subspan(k) : leaves.first(k)));
  return proof;
}

/// C2SP tlog-tiles' formula for the hashes of a tile.
inline std::string textbook_tile(const TileId& tile, std::span<const Hash> leaves) {
  std::vector<Hash> hashes;
  std::size_t span = 1;
  for (unsigned l = 0; l < tile.level; ++l) span *= 256;
  for (std::size_t i = 0; i < tile.width; ++i) {
    hashes.push_back(textbook_mth(leaves.subspan((tile.index * 256 + i) * span, span)));
  }
  return print_tile(hashes);
}

/// Number i of a list of entries for tests: "entry i".
inline Hash test_leaf(std::size_t i) { return hash_leaf("entry " + std::to_string(i)); }

inline std::vector<Hash> test_leaves(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(test_leaf(i));
  return leaves;
}

/// The tiles of one log, each made once; refuses those that its tree has not.
class TextbookTiles {
 public:
  explicit TextbookTiles(std::span<const Hash> leaves) : leaves_(leaves) {}
  Result<std::string> operator()(const TileId& tile) {
    ++reads;
    if (!is_within(tile, leaves_.size())) return fail(Code::kNotFound, "no such tile");
    auto [made, is_new] = made_.try_emplace(tile);
    if (is_new) made->second = textbook_tile(tile, leaves_);
    return made->second;
  }
  std::size_t reads = 0;

 private:
  std::span<const Hash> leaves_;
  std::map<TileId, std::string> made_;
};

}  // namespace seawall::tlog::detail
