// A log that transparency-dev/tessera wrote and signed (tests/data/tlog/README.md), read and verified whole.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "seawall/tlog/bundle.h"
#include "seawall/tlog/checkpoint.h"

namespace seawall::tlog {
namespace {

constexpr const char* kOrigin = "example.com/log/testdata";
constexpr const char* kVkey =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
constexpr std::uint64_t kSize = 15;

Result<std::string> file(const std::string& name) {
  std::ifstream in(std::string(SEAWALL_TEST_DATA) + "/tlog/tessera_log/" + name, std::ios::binary);
  if (!in) return fail(Code::kNotFound, "no file " + name);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

TreeHead head(std::uint64_t size) {
  const std::vector keys{VerifierKey::parse(kVkey).value()};
  const auto opened =
      open_checkpoint(file("checkpoint." + std::to_string(size)).value(), {kOrigin, keys, {}, 0});
  EXPECT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->checkpoint.head.size, size);
  return opened->checkpoint.head;
}

TEST(TesseraLog, HasInItsTilesTheRootOfEachCheckpoint) {
  const auto read = [](const TileId& tile) { return file(path_of(tile)); };
  for (std::uint64_t size = 0; size <= kSize; ++size) {
    EXPECT_EQ(tree_root(size, read).value(), head(size).root) << size;
  }
}

TEST(TesseraLog, HasInEachBundleTheEntriesOfTheTileBesideIt) {
  for (std::uint64_t size = 1; size <= kSize; ++size) {
    const std::string bytes = file(path_of(BundleId{0, size})).value();
    const auto entries = parse_bundle(bytes, size);
    ASSERT_TRUE(entries) << entries.error().message;
    std::vector<Hash> leaves;
    std::string again;
    for (const std::string_view entry : *entries) {
      leaves.push_back(hash_leaf(entry));
      ASSERT_TRUE(append_entry(again, entry));
    }
    EXPECT_EQ(print_tile(leaves), file(path_of(TileId{0, 0, size})).value());
    EXPECT_EQ(again, bytes);
    EXPECT_EQ(entries->front(), "one");
  }
}

TEST(TesseraLog, ProvesEachEntryInEachCheckpointAndEachCheckpointInTheNext) {
  const auto read = [](const TileId& tile) { return file(path_of(tile)); };
  const std::vector<Hash> leaves = parse_tile(file("tile/0/000.p/15").value(), kSize).value();
  for (std::uint64_t size = 1; size <= kSize; ++size) {
    const TreeHead next = head(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      EXPECT_TRUE(verify_inclusion(leaves[i], i, size, prove_inclusion(i, size, read).value(), next.root));
    }
    for (std::uint64_t old = 1; old <= size; ++old) {
      EXPECT_TRUE(verify_consistency(head(old), next, prove_consistency(old, size, read).value()));
    }
  }
}

}  // namespace
}  // namespace seawall::tlog
