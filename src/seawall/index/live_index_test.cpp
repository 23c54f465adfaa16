#include "seawall/index/live_index.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace seawall {
namespace {

class Folder {
 public:
  Folder()
      : path_(std::filesystem::path(testing::TempDir()) /
              ("index_" + std::to_string(::getpid()) + "_" + std::to_string(next_++))) {
    std::filesystem::remove_all(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  static inline int next_ = 0;
  std::filesystem::path path_;
};

Fingerprint256 with_bits(int count) {
  Fingerprint256 fingerprint;
  for (int i = 0; i < count; ++i) fingerprint.words[static_cast<std::size_t>(i) / 64] |= 1ULL << (i % 64);
  return fingerprint;
}

TEST(LiveIndex, IncludesTheRadiusItselfAndNothingBeyond) {
  const auto index = LiveIndex::in_memory();
  const IndexEntry entries[] = {{with_bits(31), EntryId{1}}, {with_bits(32), EntryId{2}}};
  ASSERT_TRUE(index->apply({entries, {}, 1}).has_value());
  EXPECT_EQ(*index->within(Fingerprint256{}, {}), (std::vector<Neighbour>{{EntryId{1}, 31}}));
}

TEST(LiveIndex, KeepsAcknowledgedChangesOverARestart) {
  const Folder folder;
  const IndexEntry entries[] = {{with_bits(3), EntryId{1}}, {with_bits(4), EntryId{2}}};
  const EntryId removed[] = {EntryId{1}};
  {
    const auto index = *LiveIndex::open(folder.path());
    ASSERT_TRUE(index->apply({entries, {}, 7}).has_value());
    ASSERT_TRUE(index->apply({{}, removed, 8}).has_value());
  }
  const auto index = *LiveIndex::open(folder.path());
  EXPECT_EQ(index->position(), 8U);
  EXPECT_EQ(*index->within(Fingerprint256{}, {}), (std::vector<Neighbour>{{EntryId{2}, 4}}));
}

TEST(LiveIndex, RefusesASecondWriter) {
  const Folder folder;
  const auto index = *LiveIndex::open(folder.path());
  const auto second = LiveIndex::open(folder.path());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::kConflict);
}

}  // namespace
}  // namespace seawall
