#include "seawall/index/digest_index.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "seawall/base/temporary_folder.h"
#include "seawall/index/detail/test_data.h"

namespace seawall {
namespace {

constexpr std::uint64_t kSeed = 3;

DigestEntry random_entry(index_detail::Random& random, std::size_t size_bytes, std::uint64_t ids) {
  DigestEntry entry;
  for (std::size_t i = 0; i < size_bytes; ++i) entry.digest[i] = static_cast<std::byte>(random() % 256);
  entry.id = EntryId{1 + random() % ids};
  return entry;
}

class DigestIndex : public testing::TestWithParam<std::pair<SignalType, std::size_t>> {};

// Enough entries that a segment with a table is searched, not only row tables.
TEST_P(DigestIndex, FindsTheOwnersOfADigestAndNoOthers) {
  const auto [type, size_bytes] = GetParam();
  const TemporaryFolder temporary = TemporaryFolder::make("seawall-digests").value();
  const std::filesystem::path& folder = temporary.path();
  auto index = *LiveDigestIndex::open(folder, type);
  index_detail::Random random(kSeed);
  std::vector<DigestEntry> entries;
  for (int i = 0; i < 140'000; ++i) entries.push_back(random_entry(random, size_bytes, 1'000'000));
  entries.push_back({entries[5].digest, EntryId{2'000'000}});
  ASSERT_TRUE(index->apply({entries, {}, 1}).has_value());
  const DigestEntry late = random_entry(random, size_bytes, 10);
  ASSERT_TRUE(index->apply({std::span(&late, 1), {}, 2}).has_value());
  const EntryId removed[] = {entries[7].id};
  ASSERT_TRUE(index->apply({{}, removed, 3}).has_value());
  index.reset();
  index = *LiveDigestIndex::open(folder, type);
  EXPECT_EQ(index->position(), 3U);
  EXPECT_EQ(index->find(std::span(entries[5].digest).first(size_bytes))->back(), EntryId{2'000'000});
  EXPECT_EQ(index->find(std::span(entries[5].digest).first(size_bytes))->size(), 2U);
  EXPECT_EQ(*index->find(std::span(late.digest).first(size_bytes)), std::vector<EntryId>{late.id});
  EXPECT_TRUE(index->find(std::span(entries[7].digest).first(size_bytes))->empty());
  std::vector<std::array<std::byte, 32>> queries;
  for (std::size_t i = 0; i < 1000; ++i) {
    queries.push_back(i % 2 == 0 ? entries[100 + i].digest : random_entry(random, size_bytes, 1).digest);
  }
  std::size_t wrong = 0;
  ASSERT_TRUE(index->find_batch(queries, [&](std::size_t i, std::span<const EntryId> ids) {
    wrong += i % 2 != 0 ? !ids.empty() : ids.size() != 1 || ids[0] != entries[100 + i].id;
  }));
  EXPECT_LE(wrong, 1U);  // An entry that shares the id removed above, at most.
  EXPECT_EQ(index->find({}).error().code, Code::kInvalidInput);
  EXPECT_TRUE(index->verify().has_value());
  const auto other = type == SignalType::kMd5 ? SignalType::kSha1 : SignalType::kMd5;
  index.reset();
  EXPECT_EQ(LiveDigestIndex::open(folder, other).error().code, Code::kInvalidInput);
}

INSTANTIATE_TEST_SUITE_P(Types, DigestIndex,
                         testing::Values(std::pair{SignalType::kMd5, std::size_t{16}},
                                         std::pair{SignalType::kSha1, std::size_t{20}},
                                         std::pair{SignalType::kSha256, std::size_t{32}}));

TEST(DigestIndexTypes, RefusesFingerprints) {
  EXPECT_EQ(LiveDigestIndex::in_memory(SignalType::kPdq).error().code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall
