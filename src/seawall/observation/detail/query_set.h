#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "seawall/index/flat_matcher.h"
#include "seawall/observation/observation_log.h"

namespace seawall::observation_detail {

/// Which entries have a digest: a bitmap that says no to nearly every stranger in one step, then a sorted
/// list.
template <class T>
class DigestTable {
 public:
  void add(const T& digest, std::uint32_t entry) { rows_.emplace_back(digest, entry); }
  void finish() {
    std::sort(rows_.begin(), rows_.end());
    while (bits_.size() * 64 < rows_.size() * 16) bits_.resize(bits_.size() * 2);
    for (const auto& [digest, entry] : rows_) bits_[word(digest)] |= bit(digest);
  }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// The (digest, entry) pairs of this digest.
  [[nodiscard]] std::span<const std::pair<T, std::uint32_t>> find(const T& digest) const {
    if ((bits_[word(digest)] & bit(digest)) == 0) return {};
    const auto first = std::lower_bound(rows_.begin(), rows_.end(), std::pair(digest, std::uint32_t{0}));
    const auto last = std::upper_bound(first, rows_.end(), std::pair(digest, ~std::uint32_t{0}));
    return {first, last};
  }

 private:
  static std::uint64_t front(const T& digest) {
    std::uint64_t value = 0;
    std::memcpy(&value, digest.data(), sizeof value);
    return value;
  }
  [[nodiscard]] std::size_t word(const T& digest) const { return (front(digest) >> 6) & (bits_.size() - 1); }
  static std::uint64_t bit(const T& digest) { return std::uint64_t{1} << (front(digest) & 63); }

  std::vector<std::pair<T, std::uint32_t>> rows_;
  std::vector<std::uint64_t> bits_ =
      std::vector<std::uint64_t>(1024);  // A power of two; one bit in 16 is set.
};

/// Entries made ready for a scan. Lifetime: keeps nothing of them but their signals.
struct QuerySet {
  /// Errors: kInvalidInput, kLimitExceeded.
  static Result<QuerySet> make(std::span<const RetroEntry> entries);

  struct Owner {
    std::uint32_t entry = 0;
    std::uint32_t fingerprint = 0;
  };
  std::optional<FlatMatcher> matcher;  ///< Always there once made.
  std::vector<Owner> owners;           ///< Of each query of the matcher.
  DigestTable<Md5> md5;
  DigestTable<Sha1> sha1;
  DigestTable<Sha256> sha256;

  [[nodiscard]] bool asks_codes() const { return !owners.empty(); }
  [[nodiscard]] bool asks_digests() const { return !md5.empty() || !sha1.empty() || !sha256.empty(); }
};

}  // namespace seawall::observation_detail
