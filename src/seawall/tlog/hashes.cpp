#include "seawall/tlog/hashes.h"

#include "seawall/crypto/sha256.h"

namespace seawall::tlog {
namespace {

constexpr std::byte kLeafPrefix{0};
constexpr std::byte kNodePrefix{1};

// Kept, since making one costs more than a hash.
Sha256Hasher& hasher() {
  thread_local Sha256Hasher kept;
  return kept;
}

}  // namespace

Hash hash_empty() { return sha256_of(std::string_view()); }

Hash hash_leaf(std::span<const std::byte> entry) {
  Sha256Hasher& sha256 = hasher();
  sha256.update(std::span(&kLeafPrefix, 1));
  sha256.update(entry);
  return sha256.finish();
}

Hash hash_leaf(std::string_view entry) { return hash_leaf(std::as_bytes(std::span(entry))); }

Hash hash_children(const Hash& left, const Hash& right) {
  std::array<std::byte, 65> bytes;
  bytes[0] = kNodePrefix;
  std::copy(left.begin(), left.end(), bytes.begin() + 1);
  std::copy(right.begin(), right.end(), bytes.begin() + 33);
  Sha256Hasher& sha256 = hasher();
  sha256.update(bytes);
  return sha256.finish();
}

Hash tree_hash(std::span<const Hash> hashes) {
  Frontier frontier;
  for (const Hash& hash : hashes) (void)frontier.append(hash);  // No span is as long as kSizeMax.
  return frontier.root();
}

Result<void> Frontier::append_subtree(const Hash& root, unsigned height) {
  if (height > 61 || kSizeMax - size_ < (std::uint64_t{1} << height)) {
    return fail(Code::kLimitExceeded, "a log has at most 2^62 entries");
  }
  if ((size_ & ((std::uint64_t{1} << height) - 1)) != 0) {
    return fail(Code::kInvalidInput, "a full subtree does not begin at this size of the log");
  }
  peaks_.push_back(root);
  // As a binary counter carries: two peaks of one height are the next height's.
  for (std::uint64_t carries = size_ >> height; (carries & 1) != 0; carries >>= 1) {
    const Hash right = peaks_.back();
    peaks_.pop_back();
    peaks_.back() = hash_children(peaks_.back(), right);
  }
  size_ += std::uint64_t{1} << height;
  return {};
}

Hash Frontier::root() const {
  if (peaks_.empty()) return hash_empty();
  Hash root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = hash_children(peaks_[i], root);
  return root;
}

}  // namespace seawall::tlog
