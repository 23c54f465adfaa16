#include "seawall/tlog/proofs.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/tlog/detail/textbook_tree.h"

namespace seawall::tlog {
namespace {

using detail::TextbookTiles;

constexpr std::size_t kAllSizesTo = 130;

std::span<const Hash> leaves(std::size_t count) {
  static const std::vector<Hash> kLeaves = detail::test_leaves(140'000);
  return std::span(kLeaves).first(count);
}

TEST(Hashes, AreThoseOfRfc6962) {
  EXPECT_EQ(to_hex(hash_empty()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(hash_leaf("")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(Hashes, GiveTheRootsOfTheEightEntriesThatLogsTestWith) {
  // transparency-dev/merkle testonly/constants.go, LeafInputs and RootHashes.
  const std::array<std::string, 8> hex{
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
  const std::array<const char*, 9> roots{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                         "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Frontier frontier;
  EXPECT_EQ(to_hex(frontier.root()), roots[0]);
  for (std::size_t i = 0; i < hex.size(); ++i) {
    std::vector<std::byte> entry(hex[i].size() / 2);
    ASSERT_TRUE(from_hex(hex[i], entry));
    ASSERT_TRUE(frontier.append(hash_leaf(std::span<const std::byte>(entry))));
    EXPECT_EQ(to_hex(frontier.root()), roots[i + 1]);
  }
}

TEST(Frontier, HasTheTextbooksRootAtEverySize) {
  Frontier frontier;
  for (std::size_t size = 0; size <= 1100; ++size) {
    ASSERT_EQ(frontier.size(), size);
    ASSERT_EQ(frontier.root(), detail::textbook_mth(leaves(size))) << size;
    ASSERT_EQ(tree_hash(leaves(size)), frontier.root());
    ASSERT_TRUE(frontier.append(leaves(1200)[size]));
  }
}

TEST(Frontier, TakesFullSubtreesWhereTheTreeHasThemAndNowhereElse) {
  Frontier frontier;
  ASSERT_TRUE(frontier.append_subtree(detail::textbook_mth(leaves(256)), 8));
  ASSERT_TRUE(frontier.append_subtree(detail::textbook_mth(leaves(512).subspan(256)), 8));
  EXPECT_EQ(frontier.root(), detail::textbook_mth(leaves(512)));
  ASSERT_TRUE(frontier.append(leaves(513)[512]));
  EXPECT_EQ(frontier.append_subtree(Hash{}, 8).error().code, Code::kInvalidInput);
  EXPECT_EQ(frontier.append_subtree(Hash{}, 62).error().code, Code::kLimitExceeded);
  EXPECT_EQ(frontier.root(), detail::textbook_mth(leaves(513)));
}

TEST(TreeRoot, ComesFromTilesAlone) {
  for (const std::size_t size :
       {0UL, 1UL, 2UL, 255UL, 256UL, 257UL, 511UL, 512UL, 65'535UL, 65'536UL, 70'000UL, 131'073UL}) {
    TextbookTiles tiles(leaves(size));
    const auto root = tree_root(size, tiles);
    ASSERT_TRUE(root) << root.error().message;
    EXPECT_EQ(*root, detail::textbook_mth(leaves(size))) << size;
    EXPECT_LE(tiles.reads, 3U);
  }
}

TEST(Inclusion, IsTheTextbooksProofOfEveryEntryAtEverySizeAndVerifies) {
  for (std::size_t size = 1; size <= kAllSizesTo; ++size) {
    TextbookTiles tiles(leaves(size));
    const Hash root = detail::textbook_mth(leaves(size));
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = prove_inclusion(index, size, tiles);
      ASSERT_TRUE(proof) << proof.error().message;
      ASSERT_EQ(*proof, detail::textbook_path(index, leaves(size))) << index << " of " << size;
      ASSERT_TRUE(verify_inclusion(leaves(size)[index], index, size, *proof, root))
          << index << " of " << size;
    }
    EXPECT_EQ(prove_inclusion(size, size, tiles).error().code, Code::kInvalidInput);
  }
}

TEST(Consistency, IsTheTextbooksProofOfEveryPairOfSizesAndVerifies) {
  for (std::size_t size = 1; size <= kAllSizesTo; ++size) {
    TextbookTiles tiles(leaves(size));
    const TreeHead next{size, detail::textbook_mth(leaves(size))};
    for (std::size_t old_size = 1; old_size <= size; ++old_size) {
      const TreeHead old{old_size, detail::textbook_mth(leaves(old_size))};
      const auto proof = prove_consistency(old_size, size, tiles);
      ASSERT_TRUE(proof) << proof.error().message;
      ASSERT_EQ(*proof, detail::textbook_subproof(old_size, leaves(size), true))
          << old_size << " to " << size;
      ASSERT_TRUE(verify_consistency(old, next, *proof)) << old_size << " to " << size;
    }
    EXPECT_EQ(prove_consistency(0, size, tiles).error().code, Code::kInvalidInput);
    EXPECT_EQ(prove_consistency(size + 1, size, tiles).error().code, Code::kInvalidInput);
  }
}

TEST(Proofs, AreTheTextbooksAtRandomSizesUpToThreeLevelsOfTiles) {
  std::mt19937_64 random(20'261'122);
  for (int round = 0; round < 12; ++round) {
    const std::size_t size = 2 + random() % 139'000;
    const std::size_t index = random() % size;
    const std::size_t old_size = 1 + random() % size;
    TextbookTiles tiles(leaves(size));
    const TreeHead next{size, detail::textbook_mth(leaves(size))};
    const auto inclusion = prove_inclusion(index, size, tiles);
    EXPECT_LE(tiles.reads, 6U);
    ASSERT_EQ(inclusion.value(), detail::textbook_path(index, leaves(size))) << index << " of " << size;
    EXPECT_TRUE(verify_inclusion(leaves(size)[index], index, size, *inclusion, next.root));
    const auto consistency = prove_consistency(old_size, size, tiles);
    ASSERT_EQ(consistency.value(), detail::textbook_subproof(old_size, leaves(size), true))
        << old_size << " to " << size;
    EXPECT_TRUE(verify_consistency({old_size, detail::textbook_mth(leaves(old_size))}, next, *consistency));
  }
}

/// Each way to spoil a proof by one hash: turned, left out, doubled, added.
std::vector<Proof> spoiled(const Proof& proof) {
  std::vector<Proof> all;
  for (std::size_t i = 0; i < proof.size(); ++i) {
    all.insert(all.end(), 3, proof);
    (all.end() - 3)->at(i)[i % 32] ^= std::byte{4};
    (all.end() - 2)->erase((all.end() - 2)->begin() + static_cast<std::ptrdiff_t>(i));
    (all.end() - 1)->insert((all.end() - 1)->begin() + static_cast<std::ptrdiff_t>(i), proof[i]);
  }
  all.push_back(proof);
  all.back().push_back(hash_empty());
  return all;
}

TEST(Inclusion, IsRefusedOnceAnythingIsChanged) {
  for (std::size_t size = 1; size <= 40; ++size) {
    TextbookTiles tiles(leaves(size));
    const Hash root = detail::textbook_mth(leaves(size));
    for (std::size_t index = 0; index < size; ++index) {
      const Proof proof = prove_inclusion(index, size, tiles).value();
      const Hash& leaf = leaves(size)[index];
      for (const Proof& other : spoiled(proof))
        EXPECT_FALSE(verify_inclusion(leaf, index, size, other, root));
      for (std::size_t other = 0; other <= size; ++other) {
        EXPECT_EQ(verify_inclusion(leaf, other, size, proof, root).has_value(), other == index);
      }
      EXPECT_FALSE(verify_inclusion(leaves(41)[40], index, size, proof, root));
      EXPECT_FALSE(verify_inclusion(leaf, index, size, proof, hash_empty()));
      EXPECT_FALSE(verify_inclusion(leaf, index, 0, proof, root));
    }
  }
}

TEST(Consistency, IsRefusedOnceAnythingIsChanged) {
  for (std::size_t size = 1; size <= 40; ++size) {
    TextbookTiles tiles(leaves(size));
    const TreeHead next{size, detail::textbook_mth(leaves(size))};
    for (std::size_t old_size = 1; old_size <= size; ++old_size) {
      const TreeHead old{old_size, detail::textbook_mth(leaves(old_size))};
      const Proof proof = prove_consistency(old_size, size, tiles).value();
      for (const Proof& other : spoiled(proof)) EXPECT_FALSE(verify_consistency(old, next, other));
      EXPECT_FALSE(verify_consistency({old_size, hash_empty()}, next, proof));
      EXPECT_FALSE(verify_consistency(old, {size, hash_empty()}, proof));
      EXPECT_FALSE(verify_consistency({old_size - 1, old.root}, next, proof));
      EXPECT_FALSE(verify_consistency({size + 1, old.root}, next, proof));
    }
  }
}

TEST(Proofs, OfHostileSizesAndLengthsAreRefusedWithoutHarm) {
  const std::uint64_t most = ~std::uint64_t{0};
  const Proof long_proof(200, hash_empty());
  for (const std::uint64_t size : {std::uint64_t{1}, kSizeMax, most}) {
    for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size - 1}) {
      EXPECT_FALSE(verify_inclusion(hash_empty(), index, size, long_proof, hash_empty()));
      EXPECT_FALSE(verify_consistency({index, hash_empty()}, {size, hash_empty()}, long_proof));
    }
  }
  TextbookTiles none(leaves(0));
  EXPECT_EQ(tree_root(kSizeMax + 1, none).error().code, Code::kInvalidInput);
  EXPECT_EQ(prove_inclusion(0, most, none).error().code, Code::kInvalidInput);
  EXPECT_EQ(prove_inclusion(0, 2, none).error().code, Code::kNotFound);
}

TEST(Proofs, AreNotMadeOfTilesOfAnotherSize) {
  const auto short_tile = [](const TileId& tile) -> Result<std::string> {
    return std::string(tile.width * 32 - 1, 'x');
  };
  EXPECT_EQ(tree_root(3, short_tile).error().code, Code::kCorrupt);
}

TEST(Growth, FromAnEmptyTreeNeedsNoProofAndTheEmptyRoot) {
  const TreeHead empty;
  const TreeHead two{2, detail::textbook_mth(leaves(2))};
  EXPECT_TRUE(verify_growth(empty, two, {}));
  EXPECT_TRUE(verify_growth(empty, empty, {}));
  EXPECT_TRUE(verify_growth(two, two, {}));
  EXPECT_FALSE(verify_growth(empty, two, std::vector{hash_empty()}));
  EXPECT_FALSE(verify_growth({0, two.root}, two, {}));
  EXPECT_FALSE(verify_growth(empty, {0, two.root}, {}));
  EXPECT_FALSE(verify_growth(two, empty, {}));
}

/// The probes of transparency-dev/merkle (tests/data/tlog/README.md).
nlohmann::json probes(const char* name) {
  std::ifstream file(std::string(SEAWALL_TEST_DATA) + "/tlog/" + name);
  return nlohmann::json::parse(file);
}

/// A probe's hash. Some have another length, which this type cannot hold: they are cut or filled up with
/// zeros, and `fits` becomes false. Probes of consistency have roots called "don't care", which they compare
/// only.
Hash hash_of(const nlohmann::json& text, bool& fits) {
  const std::string bytes = from_base64(text.get<std::string>()).value();
  Hash hash{};
  fits = fits && bytes.size() == hash.size();
  std::memcpy(hash.data(), bytes.data(), std::min(bytes.size(), hash.size()));
  return hash;
}

Proof proof_of(const nlohmann::json& probe, bool& fits) {
  Proof proof;
  if (probe.at("proof").is_null()) return proof;
  for (const auto& hash : probe.at("proof")) proof.push_back(hash_of(hash, fits));
  return proof;
}

TEST(Inclusion, AnswersEveryProbeOfTransparencyDevMerkleAsItAsks) {
  const auto all = probes("inclusion.json");
  ASSERT_EQ(all.size(), 98U);
  for (const auto& probe : all) {
    bool fits = true;
    const Proof proof = proof_of(probe, fits);
    const Hash leaf = hash_of(probe.at("leafHash"), fits);
    const Hash root = hash_of(probe.at("root"), fits);
    const auto verified = verify_inclusion(leaf, probe.at("leafIdx"), probe.at("treeSize"), proof, root);
    EXPECT_EQ(fits && verified, !probe.at("wantErr").get<bool>()) << probe.at("file");
  }
}

TEST(Consistency, AnswersEveryProbeOfTransparencyDevMerkleAsItAsks) {
  const auto all = probes("consistency.json");
  ASSERT_EQ(all.size(), 98U);
  for (const auto& probe : all) {
    bool fits = true;
    bool ignored = true;
    const Proof proof = proof_of(probe, fits);
    const TreeHead old{probe.at("size1"), hash_of(probe.at("root1"), ignored)};
    const TreeHead next{probe.at("size2"), hash_of(probe.at("root2"), ignored)};
    EXPECT_EQ(fits && verify_consistency(old, next, proof).has_value(), !probe.at("wantErr").get<bool>())
        << probe.at("file");
  }
}

}  // namespace
}  // namespace seawall::tlog
