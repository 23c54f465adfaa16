#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "seawall/model/list_ids.h"

namespace seawall {

/// Bounds what one caller's matches count of an entry's: of each caller at most a share of one bucket's
/// matches counts, the rest is beyond it.
///
/// Guarantees: count() of an entry's matches that were within their callers' shares is, for n_c matches of
/// caller c, the sum of min(n_c, share). Callers and entries are remembered for one bucket, at most pairs_max
/// pairs of them; the matches of a pair that no longer fits are beyond. Pure; threads: one at a time. Memory:
/// about 110 bytes a pair.
class CallerShares {
 public:
  explicit CallerShares(std::size_t pairs_max) : pairs_max_(pairs_max) {}

  /// A match in `bucket` (the buckets go forward; one that lies before the last counts in the last).
  void count(EntryId entry, std::uint64_t caller, std::int64_t bucket, std::uint32_t share);
  /// How many of the entry's matches in `bucket` were beyond.
  [[nodiscard]] std::uint32_t beyond(EntryId entry, std::int64_t bucket) const;
  [[nodiscard]] std::size_t size() const { return taken_.size(); }

 private:
  struct Pair {
    EntryId entry{};
    std::uint64_t caller = 0;
    friend bool operator==(const Pair&, const Pair&) = default;
  };
  struct HashOfPair {
    std::size_t operator()(const Pair& pair) const {
      return static_cast<std::size_t>(pair.entry) * 0x9e3779b97f4a7c15U ^ pair.caller;
    }
  };

  std::size_t pairs_max_;
  std::int64_t bucket_ = 0;
  std::unordered_map<Pair, std::uint32_t, HashOfPair> taken_;  // Matches within the share.
  std::unordered_map<EntryId, std::uint32_t> beyond_;          // No more than pairs_max_ of them either.
  bool full_ = false;  // A match was beyond that beyond_ has no room for.
};

/// Whether more than one caller is known: remembers the two that called last. Pure; threads: one at a time.
class RecentCallers {
 public:
  static constexpr std::chrono::hours kRemembered{7 * 24};
  struct Seen {
    std::uint64_t caller = 0;
    Time at{};
    friend bool operator==(const Seen&, const Seen&) = default;
  };

  void see(std::uint64_t caller, Time now);
  /// Whether two or more have called within kRemembered.
  [[nodiscard]] bool several(Time now) const;
  /// The latest first; to keep them and to see() them again in the other order.
  [[nodiscard]] const std::array<std::optional<Seen>, 2>& seen() const { return seen_; }

 private:
  std::array<std::optional<Seen>, 2> seen_;
};

}  // namespace seawall
