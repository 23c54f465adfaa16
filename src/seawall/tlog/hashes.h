#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"

/// A transparency log: a list that only grows, whose every state is one hash, and whose growth anybody can
/// check. Formats and rules: docs/tlog.md, which names the C2SP texts. Pure: no file, no clock, no thread.
namespace seawall::tlog {

/// A hash of the Merkle tree of RFC 6962 section 2.1, over SHA-256.
using Hash = Sha256;

/// The most entries that a log here may have: so that no sum of two sizes overflows.
inline constexpr std::uint64_t kSizeMax = (std::uint64_t{1} << 62);

/// The root of the tree without entries: SHA-256 of nothing.
[[nodiscard]] Hash hash_empty();
/// SHA-256(0x00 || entry). Cost of this and the next: see docs/tlog.md.
[[nodiscard]] Hash hash_leaf(std::span<const std::byte> entry);
[[nodiscard]] Hash hash_leaf(std::string_view entry);
/// SHA-256(0x01 || left || right).
[[nodiscard]] Hash hash_children(const Hash& left, const Hash& right);

/// The tree hash MTH of `hashes`, taken as leaves: any number, 0 gives hash_empty().
/// RFC 6962 section 2.1. Cost: one hash fewer than there are leaves.
[[nodiscard]] Hash tree_hash(std::span<const Hash> hashes);

/// The roots of the full subtrees that make up a tree, largest first: all that appending needs to know.
/// Memory: at most 62 hashes. Threads: one.
class Frontier {
 public:
  Frontier() = default;

  /// Errors: kLimitExceeded at kSizeMax entries. Cost: two hashes an entry at most, on average one.
  Result<void> append(const Hash& leaf) { return append_subtree(leaf, 0); }
  /// Appends a full subtree of 2^height leaves, of which `root` is the hash. Errors: kInvalidInput if the
  /// size is not a multiple of that number, so that the subtree would not be one of the tree; kLimitExceeded.
  Result<void> append_subtree(const Hash& root, unsigned height);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// The tree's root. Cost: at most 61 hashes.
  [[nodiscard]] Hash root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> peaks_;  ///< One for each bit of size_ that is set, highest first.
};

}  // namespace seawall::tlog
