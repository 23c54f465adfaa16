#include "seawall/tlog/tile.h"

#include <gmock/gmock.h>

#include <random>
#include <set>

#include "seawall/tlog/bundle.h"

namespace seawall::tlog {
namespace {

using testing::ElementsAre;

TEST(TilePath, IsThatOfC2sp) {
  EXPECT_EQ(path_of(TileId{0, 1'234'067}), "tile/0/x001/x234/067");
  EXPECT_EQ(path_of(TileId{3, 0, 1}), "tile/3/000.p/1");
  EXPECT_EQ(path_of(TileId{63, 999, 255}), "tile/63/999.p/255");
  EXPECT_EQ(path_of(BundleId{1000}), "tile/entries/x001/000");
  EXPECT_EQ(path_of(BundleId{12'345'678'901, 8}), "tile/entries/x012/x345/x678/901.p/8");
}

TEST(TilePath, ComesBackFromItsText) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t index = random() >> random() % 64;
    const std::uint64_t width = 1 + random() % 256;
    const TileId tile{static_cast<unsigned>(random() % 64), index, width};
    ASSERT_EQ(std::get<TileId>(parse_tile_path(path_of(tile)).value()), tile) << path_of(tile);
    const BundleId bundle{index, width};
    ASSERT_EQ(std::get<BundleId>(parse_tile_path(path_of(bundle)).value()), bundle) << path_of(bundle);
  }
}

TEST(TilePath, IsReadFromNothingElse) {
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile//000",
                           "/tile/0/000",
                           "tile/0/000/",
                           "tile/64/000",
                           "tile/00/000",
                           "tile/01/000",
                           "tile/-1/000",
                           "tile/+1/000",
                           "tile/0/0",
                           "tile/0/00",
                           "tile/0/0000",
                           "tile/0/x000",
                           "tile/0/x000/001",
                           "tile/0/001/002",
                           "tile/0/x001/x002",
                           "tile/0/X001/002",
                           "tile/0/x1/002",
                           "tile/0/x001002",
                           "tile/0/xx01/002",
                           "tile/0/000.p",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/01",
                           "tile/0/000.p/256",
                           "tile/0/000.p/257",
                           "tile/0/000.p/1/",
                           "tile/0/000.p/1.p/1",
                           "tile/0/000.q/1",
                           "tile/entry/000",
                           "tile/entries/",
                           "tile/entries/x018/x446/x744/x073/x709/x551/616",
                           "tile/data/000",
                           "tile/0/../000",
                           "tile/0/000%2Ep/1",
                           "tile/0/ 00",
                           "checkpoint",
                           "tile/0/000\n"}) {
    EXPECT_FALSE(parse_tile_path(path)) << path;
  }
  EXPECT_FALSE(parse_tile_path(std::string("tile/0/") + std::string(1'000'000, '0')));
  EXPECT_TRUE(parse_tile_path("tile/entries/x018/x446/x744/x073/x709/x551/615"));
}

TEST(TileWidth, IsThatOfTheExampleOf70000Entries) {
  EXPECT_EQ(tile_width(70'000, 0, 272), 256U);
  EXPECT_EQ(tile_width(70'000, 0, 273), 112U);
  EXPECT_EQ(tile_width(70'000, 0, 274), 0U);
  EXPECT_EQ(tile_width(70'000, 1, 0), 256U);
  EXPECT_EQ(tile_width(70'000, 1, 1), 17U);
  EXPECT_EQ(tile_width(70'000, 2, 0), 1U);
  EXPECT_EQ(tile_width(70'000, 3, 0), 0U);
  EXPECT_EQ(changed_tiles(0, 70'000)->size(), 274U + 2U + 1U);
}

TEST(TileWidth, Of256EntriesIsAFullTileAndOneHashAbove) {
  EXPECT_THAT(changed_tiles(0, 256).value(), ElementsAre(TileId{0, 0, 256}, TileId{1, 0, 1}));
}

TEST(TileWidth, IsNoneBeyondAnyTree) {
  const std::uint64_t most = ~std::uint64_t{0};
  EXPECT_EQ(tile_width(most, 8, 0), 0U);
  EXPECT_EQ(tile_width(most, 63, 0), 0U);
  EXPECT_EQ(tile_width(kSizeMax, 0, most), 0U);
  EXPECT_EQ(tile_width(kSizeMax, 7, 0), 64U);
  EXPECT_FALSE(is_within(TileId{0, 0, 0}, 10));
  EXPECT_FALSE(is_within(TileId{0, 0, 11}, 10));
  EXPECT_TRUE(is_within(TileId{0, 0, 3}, 10));
  EXPECT_FALSE(is_within(BundleId{1, 1}, 256));
  EXPECT_TRUE(is_within(BundleId{0, 256}, 256));
}

/// By the words of the specification: every tile that a tree of `size` has.
std::set<TileId> tiles_of(std::uint64_t size) {
  std::set<TileId> tiles;
  for (unsigned level = 0; size > 0; ++level, size /= 256) {
    for (std::uint64_t i = 0; i < size / 256; ++i) tiles.insert({level, i, 256});
    if (size % 256 != 0) tiles.insert({level, size / 256, size % 256});
  }
  return tiles;
}

TEST(ChangedTiles, AreThoseThatTheLargerTreeHasAndTheSmallerHasNot) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 300; ++i) {
    const std::uint64_t next = random() % 200'000;
    const std::uint64_t old =
        i % 2 == 0 ? random() % (next + 1) : next - std::min<std::uint64_t>(next, random() % 600);
    const std::set<TileId> before = tiles_of(old);
    std::set<TileId> expected;
    for (const TileId& tile : tiles_of(next)) {
      if (!before.contains(tile)) expected.insert(tile);
    }
    const auto changed = changed_tiles(old, next).value();
    ASSERT_EQ(std::vector(expected.begin(), expected.end()), changed) << old << " to " << next;
  }
  EXPECT_TRUE(changed_tiles(5, 5)->empty());
}

TEST(ChangedTiles, AreNotToldOfATreeThatShrinksOrGrowsBeyondReason) {
  EXPECT_EQ(changed_tiles(2, 1).error().code, Code::kInvalidInput);
  EXPECT_EQ(changed_tiles(0, kSizeMax + 1).error().code, Code::kInvalidInput);
  EXPECT_EQ(changed_tiles(0, kSizeMax).error().code, Code::kLimitExceeded);
}

TEST(Tile, HasJustItsHashes) {
  const std::vector<Hash> hashes{hash_empty(), hash_leaf("a")};
  EXPECT_EQ(parse_tile(print_tile(hashes), 2).value(), hashes);
  EXPECT_FALSE(parse_tile(print_tile(hashes), 1));
  EXPECT_FALSE(parse_tile(print_tile(hashes), 3));
  EXPECT_FALSE(parse_tile("", 0));
  EXPECT_FALSE(parse_tile(std::string(257 * 32, 'x'), 257));
}

TEST(Bundle, HasEachEntryAfterItsLength) {
  std::string bundle;
  for (const std::string& entry : {std::string("one"), std::string(), std::string(kEntryBytesMax, 'x')}) {
    ASSERT_TRUE(append_entry(bundle, entry));
  }
  EXPECT_TRUE(bundle.starts_with(std::string_view("\0\3one\0\0\xFF\xFFxxx", 12)));
  EXPECT_THAT(parse_bundle(bundle, 3).value(), ElementsAre("one", "", std::string(kEntryBytesMax, 'x')));
  EXPECT_EQ(append_entry(bundle, std::string(kEntryBytesMax + 1, 'x')).error().code, Code::kLimitExceeded);
}

TEST(Bundle, IsRefusedIfItIsLongerOrShorterThanItsEntries) {
  const std::string_view bundle("\0\3one\0\1x", 8);
  EXPECT_TRUE(parse_bundle(bundle, 2));
  EXPECT_FALSE(parse_bundle(bundle, 1));
  EXPECT_FALSE(parse_bundle(bundle, 3));
  for (std::size_t size = 0; size < bundle.size(); ++size)
    EXPECT_FALSE(parse_bundle(bundle.substr(0, size), 2));
  EXPECT_FALSE(parse_bundle("", 0));
  EXPECT_FALSE(parse_bundle(std::string(514, '\0'), 257));
}

}  // namespace
}  // namespace seawall::tlog
