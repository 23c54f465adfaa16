#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "seawall/index/digest_index.h"
#include "seawall/index/live_index.h"
#include "seawall/model/entry.h"

namespace seawall::follow_detail {

/// One change of all four indexes, in the making.
struct SignalChange {
  std::vector<IndexEntry> pdq;
  std::array<std::vector<DigestEntry>, 3> digests;  ///< MD5, SHA-1, SHA-256.
  std::vector<EntryId> remove;

  /// The signals of `entry` that matchers look for.
  void add(const Entry& entry);
  [[nodiscard]] std::size_t rows() const;
  void clear();
};

/// The four indexes of a follower's folder. Threads: apply() from one, the rest from any.
class IndexSet {
 public:
  static constexpr std::array kDigestTypes = {SignalType::kMd5, SignalType::kSha1, SignalType::kSha256};

  static Result<IndexSet> open(const std::filesystem::path& folder, const LiveIndexOptions& options);

  /// Removals first, then additions, index by index: each whole, all of them repeatable.
  Result<void> apply(const SignalChange& change, std::uint64_t position);

  [[nodiscard]] const LiveIndex& pdq() const { return *pdq_; }
  [[nodiscard]] const LiveDigestIndex& digests(std::size_t place) const { return *digests_[place]; }
  /// The highest of the four.
  [[nodiscard]] std::uint64_t position() const;
  [[nodiscard]] Result<void> verify() const;

 private:
  std::unique_ptr<LiveIndex> pdq_;
  std::array<std::unique_ptr<LiveDigestIndex>, 3> digests_;
};

}  // namespace seawall::follow_detail
