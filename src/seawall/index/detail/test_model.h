#pragma once

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include "seawall/index/detail/test_data.h"
#include "seawall/index/live_index.h"

namespace seawall::index_detail {

/// A change that owns its parts.
struct OwnedChange {
  std::vector<IndexEntry> add;
  std::vector<EntryId> remove;
  std::uint64_t position = 0;
  [[nodiscard]] IndexChange view() const { return {add, remove, position}; }
};

/// The textbook twin of a live index: a std::set, searched from end to end.
class IndexModel {
 public:
  void apply(const OwnedChange& change) {
    for (const EntryId id : change.remove) {
      std::erase_if(pairs_, [&](const auto& pair) { return pair.first == id; });
    }
    for (const IndexEntry& entry : change.add) pairs_.insert({entry.id, entry.fingerprint});
    position_ = change.position;
  }

  [[nodiscard]] std::vector<Neighbour> within(const Fingerprint256& query,
                                              const QueryOptions& options) const {
    std::vector<Neighbour> found;
    for (const auto& [id, fingerprint] : pairs_) {
      const int distance = hamming_distance(fingerprint, query);
      if (distance <= options.radius_bits) found.push_back({id, distance});
    }
    std::sort(found.begin(), found.end(), [](const Neighbour& a, const Neighbour& b) {
      return std::tie(a.distance_bits, a.id) < std::tie(b.distance_bits, b.id);
    });
    if (found.size() > options.nearest_max) found.resize(options.nearest_max);
    return found;
  }

  /// Every pair's id, ascending.
  [[nodiscard]] std::vector<EntryId> ids() const {
    std::vector<EntryId> ids;
    for (const auto& pair : pairs_) ids.push_back(pair.first);
    return ids;
  }
  [[nodiscard]] std::size_t size() const { return pairs_.size(); }
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] const auto& pairs() const { return pairs_; }

 private:
  std::set<std::pair<EntryId, Fingerprint256>> pairs_;
  std::uint64_t position_ = 0;
};

/// A few adds and removes among few ids and few fingerprints, so that repeats, re-adds and removals of what
/// is in any part all happen often.
inline OwnedChange random_change(Random& random, std::uint64_t position, std::uint64_t ids = 60) {
  OwnedChange change;
  change.position = position;
  for (std::uint64_t i = random() % 3; i != 0; --i) change.remove.push_back(EntryId{1 + random() % ids});
  for (std::uint64_t i = random() % 6; i != 0; --i) {
    Random code(random() % 40);
    change.add.push_back({flipped(uniform_fingerprint(code), random, static_cast<int>(random() % 3)),
                          EntryId{1 + random() % ids}});
  }
  return change;
}

}  // namespace seawall::index_detail
