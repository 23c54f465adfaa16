#include "seawall/cluster/near_duplicates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace seawall {
namespace {

Fingerprint256 random_fingerprint(std::mt19937_64& random) {
  Fingerprint256 fingerprint;
  for (auto& word : fingerprint.words) word = random();
  return fingerprint;
}

Fingerprint256 with_flips(Fingerprint256 fingerprint, int flips, std::mt19937_64& random) {
  for (int i = 0; i < flips; ++i) {
    const auto bit = random() % 256;
    fingerprint.words[bit / 64] ^= 1ULL << (bit % 64);
  }
  return fingerprint;
}

// Chains, stars, equal fingerprints and lone pictures.
std::vector<ClusterItem> mixed_items(std::size_t count, std::mt19937_64& random) {
  std::vector<ClusterItem> items;
  while (items.size() < count) {
    Fingerprint256 fingerprint = random_fingerprint(random);
    const std::size_t copies = random() % 9;
    for (std::size_t i = 0; i <= copies && items.size() < count; ++i) {
      items.push_back({fingerprint, random() % 1000});
      if (random() % 4 != 0) fingerprint = with_flips(fingerprint, static_cast<int>(random() % 24), random);
    }
  }
  std::ranges::shuffle(items, random);
  return items;
}

using Sets = std::set<std::set<std::uint32_t>>;

Sets sets_of(const std::vector<Cluster>& clusters) {
  Sets sets;
  for (const Cluster& cluster : clusters) {
    std::set<std::uint32_t> members;
    for (const ClusterMember& member : cluster) members.insert(member.item);
    sets.insert(members);
  }
  return sets;
}

// The textbook: grow each group by comparing every pair, until nothing joins.
Sets brute_force(const std::vector<ClusterItem>& items, int radius_bits) {
  Sets sets;
  std::vector<bool> taken(items.size(), false);
  for (std::uint32_t seed = 0; seed < items.size(); ++seed) {
    if (taken[seed]) continue;
    taken[seed] = true;
    std::vector<std::uint32_t> group = {seed};
    for (std::size_t at = 0; at < group.size(); ++at) {
      for (std::uint32_t other = 0; other < items.size(); ++other) {
        if (taken[other]) continue;
        if (hamming_distance(items[group[at]].fingerprint, items[other].fingerprint) > radius_bits) continue;
        taken[other] = true;
        group.push_back(other);
      }
    }
    if (group.size() > 1) sets.insert(std::set<std::uint32_t>(group.begin(), group.end()));
  }
  return sets;
}

TEST(NearDuplicates, SingleLinkageIsWhatComparingAllPairsGives) {
  for (const std::uint64_t seed : {1ULL, 2ULL, 3ULL}) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const auto items = mixed_items(700, random);
    for (const int radius : {0, 8, 31}) {
      const auto clusters = near_duplicates(items, {.radius_bits = radius});
      ASSERT_TRUE(clusters.has_value());
      EXPECT_EQ(sets_of(*clusters), brute_force(items, radius));
    }
  }
}

TEST(NearDuplicates, TheRepresentativeHasTheGreatestRankAndDistancesAreToIt) {
  std::mt19937_64 random(4);
  const auto items = mixed_items(300, random);
  const auto clusters = near_duplicates(items);
  ASSERT_TRUE(clusters.has_value());
  ASSERT_FALSE(clusters->empty());
  std::size_t before = clusters->front().size();
  for (const Cluster& cluster : *clusters) {
    EXPECT_LE(cluster.size(), before);
    before = cluster.size();
    const ClusterItem& head = items[cluster.front().item];
    for (const ClusterMember& member : cluster) {
      EXPECT_LE(items[member.item].rank, head.rank);
      EXPECT_EQ(member.distance_bits, hamming_distance(items[member.item].fingerprint, head.fingerprint));
    }
    EXPECT_TRUE(
        std::ranges::is_sorted(cluster.begin() + 1, cluster.end(), {}, &ClusterMember::distance_bits));
  }
}

TEST(NearDuplicates, OrderOfTheInputDoesNotChangeTheGroups) {
  std::mt19937_64 random(5);
  const auto items = mixed_items(400, random);
  std::vector<ClusterItem> reversed(items.rbegin(), items.rend());
  const auto forward = near_duplicates(items);
  const auto backward = near_duplicates(reversed);
  ASSERT_TRUE(forward && backward);
  Sets turned;
  for (const auto& group : sets_of(*backward)) {
    std::set<std::uint32_t> members;
    for (const auto item : group) members.insert(static_cast<std::uint32_t>(items.size() - 1) - item);
    turned.insert(members);
  }
  EXPECT_EQ(sets_of(*forward), turned);
}

TEST(NearDuplicates, CompleteLinkageKeepsEveryTwoWithinTheRadiusAndLeavesNobodyOutWhoFits) {
  std::mt19937_64 random(6);
  const auto items = mixed_items(600, random);
  const auto clusters = near_duplicates(items, {.radius_bits = 20, .linkage = Linkage::kComplete});
  ASSERT_TRUE(clusters.has_value());
  std::set<std::uint32_t> grouped;
  for (const Cluster& cluster : *clusters) {
    for (const ClusterMember& a : cluster) {
      EXPECT_TRUE(grouped.insert(a.item).second);
      for (const ClusterMember& b : cluster) {
        EXPECT_LE(hamming_distance(items[a.item].fingerprint, items[b.item].fingerprint), 20);
      }
    }
  }
  std::vector<std::uint32_t> alone;
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    if (!grouped.contains(i)) alone.push_back(i);
  }
  for (const std::uint32_t a : alone) {
    for (const std::uint32_t b : alone) {
      if (a == b) continue;
      EXPECT_GT(hamming_distance(items[a].fingerprint, items[b].fingerprint), 20);
    }
  }
}

TEST(NearDuplicates, AChainIsOneSingleLinkageGroupButSeveralCompleteOnes) {
  std::vector<ClusterItem> items(4);
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t bit = 0; bit < 20 * i; ++bit) items[i].fingerprint.words[bit / 64] |= 1ULL << (bit % 64);
  }
  const auto single = near_duplicates(items);
  const auto complete = near_duplicates(items, {.linkage = Linkage::kComplete});
  ASSERT_TRUE(single && complete);
  EXPECT_EQ(sets_of(*single), (Sets{{0, 1, 2, 3}}));
  EXPECT_EQ(sets_of(*complete), (Sets{{0, 1}, {2, 3}}));
  const auto refused = near_duplicates(items, {.linkage = Linkage::kComplete, .chain_max = 3});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kLimitExceeded);
}

TEST(NearDuplicates, TheRadiusIsInclusive) {
  std::vector<ClusterItem> items(2);
  items[1].fingerprint.words[0] = (1ULL << 31) - 1;
  EXPECT_EQ(near_duplicates(items, {.radius_bits = 31})->size(), 1U);
  EXPECT_EQ(near_duplicates(items, {.radius_bits = 30})->size(), 0U);
}

TEST(NearDuplicates, ManyEqualPicturesCostNoMoreThanOne) {
  const std::vector<ClusterItem> items(200'000);
  const auto clusters = near_duplicates(items);
  ASSERT_TRUE(clusters.has_value());
  ASSERT_EQ(clusters->size(), 1U);
  EXPECT_EQ(clusters->front().size(), items.size());
}

TEST(NearDuplicates, NothingGivesNothingAndABadRadiusIsRefused) {
  EXPECT_TRUE(near_duplicates({})->empty());
  EXPECT_EQ(near_duplicates({}, {.radius_bits = 257}).error().code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall
