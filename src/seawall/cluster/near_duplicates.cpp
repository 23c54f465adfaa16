#include "seawall/cluster/near_duplicates.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "seawall/index/live_index.h"

namespace seawall {
namespace {

constexpr std::size_t kBatch = 8192;

/// Disjoint sets with path halving; the smaller position becomes the root, so roots do not depend on order.
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t size) : parents_(size) {
    std::iota(parents_.begin(), parents_.end(), 0U);
  }

  std::uint32_t root_of(std::uint32_t item) {
    while (parents_[item] != item) item = parents_[item] = parents_[parents_[item]];
    return item;
  }
  void join(std::uint32_t a, std::uint32_t b) {
    a = root_of(a);
    b = root_of(b);
    parents_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::uint32_t> parents_;
};

// The distinct fingerprints in order, and for each item which of them it has.
struct Distinct {
  std::vector<Fingerprint256> fingerprints;
  std::vector<std::uint32_t> of_item;
};

Distinct distinct_of(std::span<const ClusterItem> items) {
  std::vector<std::uint32_t> order(items.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::pair(items[i].fingerprint, i); });
  Distinct distinct{{}, std::vector<std::uint32_t>(items.size())};
  for (const std::uint32_t item : order) {
    const Fingerprint256& fingerprint = items[item].fingerprint;
    if (distinct.fingerprints.empty() || distinct.fingerprints.back() != fingerprint) {
      distinct.fingerprints.push_back(fingerprint);
    }
    distinct.of_item[item] = static_cast<std::uint32_t>(distinct.fingerprints.size() - 1);
  }
  return distinct;
}

Result<std::unique_ptr<LiveIndex>> index_of(std::span<const Fingerprint256> fingerprints) {
  auto index = LiveIndex::in_memory();
  std::vector<IndexEntry> batch;
  for (std::size_t i = 0; i < fingerprints.size(); ++i) {
    batch.push_back({fingerprints[i], EntryId{i + 1}});
    if (batch.size() < kBatch && i + 1 < fingerprints.size()) continue;
    IndexChange change;
    change.add = batch;
    if (auto applied = index->apply(change); !applied) return tl::unexpected(applied.error());
    batch.clear();
  }
  if (auto merged = index->merge(); !merged) return tl::unexpected(merged.error());
  return index;
}

Result<DisjointSets> chains_of(std::span<const Fingerprint256> fingerprints, int radius_bits) {
  SEAWALL_TRY(const auto index, index_of(fingerprints));
  DisjointSets sets(fingerprints.size());
  QueryOptions query;
  query.radius_bits = radius_bits;
  for (std::size_t first = 0; first < fingerprints.size(); first += kBatch) {
    const auto batch = fingerprints.subspan(first, std::min(kBatch, fingerprints.size() - first));
    const auto visited =
        index->within_batch(batch, query, [&](std::size_t i, std::span<const Neighbour> neighbours) {
          for (const Neighbour& near : neighbours) {
            sets.join(static_cast<std::uint32_t>(first + i),
                      static_cast<std::uint32_t>(static_cast<std::uint64_t>(near.id) - 1));
          }
        });
    if (!visited) return tl::unexpected(visited.error());
  }
  return sets;
}

using Group = std::vector<std::uint32_t>;  // Items, by rank and then position: the representative first.

Cluster cluster_from(const Group& group, std::span<const ClusterItem> items) {
  const Fingerprint256& representative = items[group.front()].fingerprint;
  Cluster cluster;
  for (const std::uint32_t item : group) {
    cluster.push_back({item, hamming_distance(items[item].fingerprint, representative)});
  }
  std::ranges::sort(cluster.begin() + 1, cluster.end(), {},
                    [](const ClusterMember& member) { return std::pair(member.distance_bits, member.item); });
  return cluster;
}

// Splits a chain so that every two of a part are within the radius.
std::vector<Group> split_complete(const Group& chain, std::span<const ClusterItem> items, int radius_bits) {
  struct Part {
    std::vector<Fingerprint256> fingerprints;  // Distinct.
    Group group;
  };
  std::vector<Part> parts;
  for (const std::uint32_t item : chain) {
    const Fingerprint256& fingerprint = items[item].fingerprint;
    const auto fits = [&](const Part& part) {
      return std::ranges::all_of(part.fingerprints, [&](const Fingerprint256& other) {
        return hamming_distance(fingerprint, other) <= radius_bits;
      });
    };
    auto part = std::ranges::find_if(parts, fits);
    if (part == parts.end()) part = parts.insert(parts.end(), Part{});
    if (std::ranges::find(part->fingerprints, fingerprint) == part->fingerprints.end()) {
      part->fingerprints.push_back(fingerprint);
    }
    part->group.push_back(item);
  }
  std::vector<Group> groups;
  for (Part& part : parts) groups.push_back(std::move(part.group));
  return groups;
}

// Items of one chain next to each other, each chain by rank.
std::vector<std::uint32_t> order_by_chain(std::span<const ClusterItem> items,
                                          const std::vector<std::uint32_t>& chain_of_item) {
  std::vector<std::uint32_t> order(items.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    if (chain_of_item[a] != chain_of_item[b]) return chain_of_item[a] < chain_of_item[b];
    if (items[a].rank != items[b].rank) return items[a].rank > items[b].rank;
    return a < b;
  });
  return order;
}

std::size_t distinct_count(const Group& chain, const Distinct& distinct) {
  std::vector<std::uint32_t> seen;
  for (const std::uint32_t item : chain) seen.push_back(distinct.of_item[item]);
  std::ranges::sort(seen);
  return static_cast<std::size_t>(std::unique(seen.begin(), seen.end()) - seen.begin());
}

}  // namespace

Result<std::vector<Cluster>> near_duplicates(std::span<const ClusterItem> items,
                                             const ClusterOptions& options) {
  if (options.radius_bits < 0 || options.radius_bits > 256) {
    return fail(Code::kInvalidInput, "the radius must be 0 to 256 bits");
  }
  if (items.size() >= std::numeric_limits<std::uint32_t>::max()) {
    return fail(Code::kLimitExceeded, "at most 4,294,967,294 pictures can be grouped at once");
  }
  const Distinct distinct = distinct_of(items);
  SEAWALL_TRY(DisjointSets sets, chains_of(distinct.fingerprints, options.radius_bits));
  std::vector<std::uint32_t> chain_of_item(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) chain_of_item[i] = sets.root_of(distinct.of_item[i]);
  const auto order = order_by_chain(items, chain_of_item);

  std::vector<Cluster> clusters;
  for (auto first = order.begin(); first != order.end();) {
    const auto last = std::find_if(
        first, order.end(), [&](std::uint32_t item) { return chain_of_item[item] != chain_of_item[*first]; });
    const Group chain(first, last);
    first = last;
    if (chain.size() < 2) continue;
    if (options.linkage == Linkage::kSingle) {
      clusters.push_back(cluster_from(chain, items));
      continue;
    }
    if (distinct_count(chain, distinct) > options.chain_max) {
      return fail(Code::kLimitExceeded,
                  "a chain of more than " + std::to_string(options.chain_max) +
                      " different pictures is too long for complete linkage; use single linkage");
    }
    for (const Group& group : split_complete(chain, items, options.radius_bits)) {
      if (group.size() >= 2) clusters.push_back(cluster_from(group, items));
    }
  }
  std::ranges::sort(clusters, [](const Cluster& a, const Cluster& b) {
    return a.size() != b.size() ? a.size() > b.size() : a.front().item < b.front().item;
  });
  return clusters;
}

}  // namespace seawall
