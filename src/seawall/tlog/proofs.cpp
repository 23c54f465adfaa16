#include "seawall/tlog/proofs.h"

#include <algorithm>
#include <bit>
#include <map>

namespace seawall::tlog {
namespace {

// Finds the hashes of one tree's ranges in its tiles, reading each tile once.
class Tree {
 public:
  Tree(std::uint64_t size, ReadTile read) : size_(size), read_(read) {}

  // MTH(D[first : last]). `first` is a multiple of the smallest power of two that is not below last - first,
  // so that the range is a node of the tree.
  Result<Hash> node(std::uint64_t first, std::uint64_t last) {
    const std::uint64_t count = last - first;
    if (std::has_single_bit(count))
      return full_node(first, static_cast<unsigned>(std::countr_zero(count)) % 64);
    const std::uint64_t middle = first + std::bit_floor(count);
    SEAWALL_TRY(const Hash left, node(first, middle));
    SEAWALL_TRY(const Hash right, node(middle, last));
    return hash_children(left, right);
  }

 private:
  // The root of the full subtree of 2^height entries from `first` on: of some hashes in a row of one tile.
  Result<Hash> full_node(std::uint64_t first, unsigned height) {
    const unsigned level = height / 8;
    const std::uint64_t count = std::uint64_t{1} << height % 8;
    const std::uint64_t begin = first >> 8 * level;
    SEAWALL_TRY(const std::span<const Hash> hashes, tile(level, begin / kTileWidth));
    const std::uint64_t at = begin % kTileWidth;
    if (at + count > hashes.size()) return fail(Code::kCorrupt, "a tile is narrower than its tree needs");
    return tree_hash(hashes.subspan(at, count));
  }

  Result<std::span<const Hash>> tile(unsigned level, std::uint64_t index) {
    const TileId id{level, index, tile_width(size_, level, index)};
    if (const auto known = tiles_.find(id); known != tiles_.end())
      return std::span<const Hash>(known->second);
    SEAWALL_TRY(const std::string bytes, read_(id));
    auto hashes = parse_tile(bytes, id.width);
    if (!hashes) return fail(Code::kCorrupt, std::move(hashes.error().message));
    return std::span<const Hash>(tiles_.emplace(id, std::move(*hashes)).first->second);
  }

  std::uint64_t size_;
  ReadTile read_;
  std::map<TileId, std::vector<Hash>> tiles_;
};

tl::unexpected<Error> unproven(const char* why) { return fail(Code::kInvalidInput, why); }

// RFC 6962 section 2.1.1's PATH, from the root down; the proof is the other way round.
Result<void> path_down(Tree& tree, std::uint64_t index, std::uint64_t first, std::uint64_t last,
                       Proof& proof) {
  while (last - first > 1) {
    const std::uint64_t middle = first + std::bit_floor(last - first - 1);
    const bool goes_left = index < middle;
    SEAWALL_TRY(const Hash other, goes_left ? tree.node(middle, last) : tree.node(first, middle));
    proof.push_back(other);
    (goes_left ? last : first) = middle;
  }
  return {};
}

// Section 2.1.2's SUBPROOF, from the root down. `old_size` is counted from the start of the tree; the range's
// own hash is left out where the verifier has it as the old root.
Result<void> subproof_down(Tree& tree, std::uint64_t old_size, std::uint64_t last, Proof& proof) {
  std::uint64_t first = 0;
  while (old_size < last) {
    const std::uint64_t middle = first + std::bit_floor(last - first - 1);
    const bool goes_left = old_size <= middle;
    SEAWALL_TRY(const Hash other, goes_left ? tree.node(middle, last) : tree.node(first, middle));
    proof.push_back(other);
    (goes_left ? last : first) = middle;
  }
  if (first > 0) {
    SEAWALL_TRY(const Hash own, tree.node(first, last));
    proof.push_back(own);
  }
  return {};
}

// The two counters of RFC 9162's algorithms: the number of a node in its level, and that of the level's last
// node.
struct Climb {
  std::uint64_t node, last;

  void up() {
    node >>= 1;
    last >>= 1;
  }
  // Through the levels in which the node is a left child with no sibling.
  void up_while_left() {
    while ((node & 1) == 0 && node != 0) up();
  }
  // Whether the proof's next hash is to the left of the node.
  [[nodiscard]] bool sibling_is_left() const { return (node & 1) != 0 || node == last; }
};

}  // namespace

Result<Hash> tree_root(std::uint64_t size, ReadTile read) {
  if (size > kSizeMax) return fail(Code::kInvalidInput, "a log has at most 2^62 entries");
  if (size == 0) return hash_empty();
  return Tree(size, read).node(0, size);
}

Result<Proof> prove_inclusion(std::uint64_t index, std::uint64_t size, ReadTile read) {
  if (index >= size || size > kSizeMax) return fail(Code::kInvalidInput, "the log has no such entry");
  Tree tree(size, read);
  Proof proof;
  SEAWALL_CHECK(path_down(tree, index, 0, size, proof));
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<Proof> prove_consistency(std::uint64_t old_size, std::uint64_t new_size, ReadTile read) {
  if (old_size == 0 || old_size > new_size || new_size > kSizeMax) {
    return fail(Code::kInvalidInput, "the log has no such pair of sizes to prove");
  }
  Tree tree(new_size, read);
  Proof proof;
  SEAWALL_CHECK(subproof_down(tree, old_size, new_size, proof));
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<void> verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                              std::span<const Hash> proof, const Hash& root) {
  if (index >= size) return unproven("a tree of this size has no such entry");
  Climb climb{index, size - 1};
  Hash hash = leaf;
  for (const Hash& other : proof) {
    if (climb.last == 0) return unproven("an inclusion proof is too long");
    if (climb.sibling_is_left()) {
      hash = hash_children(other, hash);
      climb.up_while_left();
    } else {
      hash = hash_children(hash, other);
    }
    climb.up();
  }
  if (climb.last != 0) return unproven("an inclusion proof is too short");
  if (hash != root) return unproven("an inclusion proof leads to another root");
  return {};
}

namespace {

// Of 0 < old.size < next.size.
Result<void> verify_longer(const TreeHead& old, const TreeHead& next, std::span<const Hash> proof) {
  Climb climb{old.size - 1, next.size - 1};
  while ((climb.node & 1) != 0) climb.up();
  // An old tree that is full is a node of the new one, so its root is left out of the proof.
  const bool is_full = std::has_single_bit(old.size);
  if (!is_full && proof.empty()) return unproven("a consistency proof is too short");
  Hash old_root = is_full ? old.root : proof[0];
  Hash next_root = old_root;
  for (const Hash& other : proof.subspan(is_full ? 0 : 1)) {
    if (climb.last == 0) return unproven("a consistency proof is too long");
    if (climb.sibling_is_left()) {
      old_root = hash_children(other, old_root);
      next_root = hash_children(other, next_root);
      climb.up_while_left();
    } else {
      next_root = hash_children(next_root, other);
    }
    climb.up();
  }
  if (climb.last != 0) return unproven("a consistency proof is too short");
  if (old_root != old.root) return unproven("a consistency proof leads to another old root");
  if (next_root != next.root) return unproven("a consistency proof leads to another new root");
  return {};
}

}  // namespace

Result<void> verify_consistency(const TreeHead& old, const TreeHead& next, std::span<const Hash> proof) {
  if (old.size == 0) return unproven("of an empty tree there is nothing to prove");
  if (old.size > next.size) return unproven("the old tree is larger than the new one");
  if (old.size < next.size) return verify_longer(old, next, proof);
  if (!proof.empty()) return unproven("between trees of one size there is nothing to prove");
  if (old.root != next.root) return unproven("two trees of one size have different roots");
  return {};
}

Result<void> verify_growth(const TreeHead& old, const TreeHead& next, std::span<const Hash> proof) {
  for (const TreeHead* head : {&old, &next}) {
    if (head->size == 0 && head->root != hash_empty()) return unproven("an empty tree has another root");
  }
  if (old.size > 0) return verify_consistency(old, next, proof);
  if (!proof.empty()) return unproven("of an empty tree there is nothing to prove");
  return {};
}

}  // namespace seawall::tlog
