#include "seawall/durable_file/file_system.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

#include "seawall/durable_file/fault_file_system.h"
#include "seawall/durable_file/posix_file_system.h"

namespace seawall::durable {
namespace {

Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string read_all(FileSystem& files, const std::string& name) {
  const auto file = files.open_read(name);
  if (!file) return "(none)";
  std::string text((*file)->size_bytes(), '\0');
  if (!(*file)->read(0, std::as_writable_bytes(std::span(text)))) return "(failed)";
  return text;
}

/// Each promise holds for the real files and for the disk in memory that stands for them in tests.
class FileSystems : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("durable_" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    if (GetParam()) {
      files_ = std::move(*posix_folder_tree(folder_, true));
    } else {
      files_ = disk_.tree();
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  FaultDisk disk_;
  std::unique_ptr<FolderTree> files_;
};

TEST_P(FileSystems, ReadBackWhatWasAppendedAndCut) {
  auto file = files_->create("a");
  ASSERT_TRUE(file.has_value());
  ASSERT_TRUE((*file)->append(bytes_of("hello world")).has_value());
  ASSERT_TRUE((*file)->truncate(5).has_value());
  ASSERT_TRUE((*file)->append(bytes_of("!")).has_value());
  ASSERT_TRUE((*file)->sync().has_value());
  EXPECT_EQ(read_all(*files_, "a"), "hello!");
  ASSERT_TRUE((*files_->reopen("a", 4))->append(bytes_of("?")).has_value());
  EXPECT_EQ(read_all(*files_, "a"), "hell?");
}

TEST_P(FileSystems, AReadPastTheEndIsAnErrorAndNotASignal) {
  ASSERT_TRUE((*files_->create("a"))->append(bytes_of("12345678")).has_value());
  const auto file = files_->open_read("a");
  ASSERT_TRUE(file.has_value());
  std::array<std::byte, 4> four{};
  EXPECT_TRUE((*file)->read(4, four).has_value());
  EXPECT_EQ((*file)->read(5, four).error().code, Code::kCorrupt);
  ASSERT_TRUE(files_->reopen("a", 2).has_value());
  EXPECT_EQ((*file)->read(0, four).error().code, Code::kCorrupt);
  EXPECT_EQ(files_->open_read("b").error().code, Code::kNotFound);
}

TEST_P(FileSystems, AnOpenFileStaysReadableAfterItsRemoval) {
  ASSERT_TRUE((*files_->create("a"))->append(bytes_of("kept")).has_value());
  const auto file = files_->open_read("a");
  ASSERT_TRUE(files_->remove("a").has_value());
  std::array<char, 4> text{};
  ASSERT_TRUE((*file)->read(0, std::as_writable_bytes(std::span(text))).has_value());
  EXPECT_EQ(std::string_view(text.data(), 4), "kept");
  EXPECT_TRUE((*files_->list()).empty());
}

TEST_P(FileSystems, ARenameReplaces) {
  ASSERT_TRUE((*files_->create("a"))->append(bytes_of("old")).has_value());
  ASSERT_TRUE((*files_->create("b"))->append(bytes_of("new")).has_value());
  ASSERT_TRUE(files_->rename("b", "a").has_value());
  EXPECT_EQ(read_all(*files_, "a"), "new");
  EXPECT_EQ(*files_->list(), std::vector<std::string>{"a"});
}

TEST_P(FileSystems, HoldFoldersInFolders) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(files_->create("a/file").error().code, Code::kNotFound);
  EXPECT_EQ(files_->make_folder("a/b").error().code, Code::kNotFound);
  EXPECT_EQ(files_->list_folder("a").error().code, Code::kNotFound);
  ASSERT_TRUE(files_->make_folder("a").has_value());
  ASSERT_TRUE(files_->make_folder("a/b").has_value());
  ASSERT_TRUE(files_->make_folder("a/b").has_value());
  ASSERT_TRUE((*files_->create("a/b/file"))->append(bytes_of("text")).has_value());
  ASSERT_TRUE(files_->rename("a/b/file", "a/file").has_value());
  EXPECT_EQ(read_all(*files_, "a/file"), "text");
  EXPECT_EQ(*files_->list_folder("a"), (Names{"b", "file"}));
  EXPECT_EQ(*files_->list_folder("a/b"), Names());
  EXPECT_EQ(*files_->list(), Names{"a"});
  EXPECT_FALSE(files_->remove_folder("a").has_value());
  ASSERT_TRUE(files_->remove_folder("a/b").has_value());
  EXPECT_EQ(files_->remove_folder("a/b").error().code, Code::kNotFound);
  EXPECT_TRUE(files_->sync_folder_at("a").has_value());
  EXPECT_TRUE(files_->sync_folder_at("").has_value());
  EXPECT_EQ(files_->sync_folder_at("b").error().code, Code::kNotFound);
  EXPECT_TRUE(files_->sync_all().has_value());
}

INSTANTIATE_TEST_SUITE_P(All, FileSystems, testing::Bool(),
                         [](const auto& tested) { return tested.param ? "Posix" : "InMemory"; });

TEST(PosixFileSystem, GivesItsLockToOneHolder) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("lock_" + std::to_string(::getpid()));
  const auto files = posix_file_system(folder, true);
  ASSERT_TRUE(files.has_value());
  {
    const auto lock = (*files)->lock("LOCK");
    ASSERT_TRUE(lock.has_value());
    EXPECT_EQ((*files)->lock("LOCK").error().code, Code::kConflict);
  }
  EXPECT_TRUE((*files)->lock("LOCK").has_value());
  std::filesystem::remove_all(folder);
}

TEST(PosixFolderTree, MakesItsFolderAndTheParentsOfIt) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("tree_" + std::to_string(::getpid()));
  EXPECT_TRUE(posix_folder_tree(folder / "a" / "b" / "", true).has_value());
  EXPECT_TRUE(posix_folder_tree(folder / "a" / "b", false).has_value());
  EXPECT_EQ(posix_folder_tree(folder / "c", false).error().code, Code::kNotFound);
  std::filesystem::remove_all(folder);
}

TEST(FaultDisk, ForgetsAFileWhoseFolderWasNotSyncedIntoItsParent) {
  FaultDisk disk;
  const auto files = disk.tree();
  ASSERT_TRUE(files->make_folder("a").has_value());
  auto file = files->create("a/file");
  ASSERT_TRUE((*file)->append(bytes_of("safe")).has_value());
  ASSERT_TRUE((*file)->sync().has_value());
  ASSERT_TRUE(files->sync_folder_at("a").has_value());
  disk.restart(0);
  EXPECT_EQ(read_all(*files, "a/file"), "(none)");
  ASSERT_TRUE(files->make_folder("a").has_value());
  ASSERT_TRUE(files->sync_folder().has_value());
  ASSERT_TRUE(files->create("a/file").has_value());
  ASSERT_TRUE(files->sync_all().has_value());
  disk.restart(0);
  EXPECT_EQ(read_all(*files, "a/file"), "");
}

TEST(FaultDisk, KeepsNamesFolderByFolder) {
  FaultDisk disk;
  const auto files = disk.tree();
  for (const char* folder : {"a", "b"}) ASSERT_TRUE(files->make_folder(folder).has_value());
  ASSERT_TRUE(files->sync_folder().has_value());
  for (const char* name : {"a/file", "b/file"}) ASSERT_TRUE(files->create(name).has_value());
  disk.restart(10, [](const std::string& folder) { return folder == "b"; });
  EXPECT_EQ(read_all(*files, "a/file"), "(none)");
  EXPECT_EQ(read_all(*files, "b/file"), "");
}

TEST(FaultDisk, ForgetsNothingWhenOnlyTheProcessDies) {
  FaultDisk disk;
  const auto files = disk.tree();
  ASSERT_TRUE((*files->create("a"))->append(bytes_of("text")).has_value());
  disk.cut_power_at(disk.steps());
  EXPECT_FALSE(files->create("b").has_value());
  disk.restart_process();
  EXPECT_EQ(read_all(*files, "a"), "text");
  EXPECT_TRUE(files->create("b").has_value());
  disk.restart(0);
  EXPECT_EQ(read_all(*files, "a"), "(none)");
}

TEST(FaultDisk, ForgetsWhatWasNotSynced) {
  FaultDisk disk;
  const auto files = disk.files();
  auto file = files->create("a");
  ASSERT_TRUE((*file)->append(bytes_of("safe")).has_value());
  ASSERT_TRUE((*file)->sync().has_value());
  ASSERT_TRUE(files->sync_folder().has_value());
  ASSERT_TRUE((*file)->append(bytes_of("1234567890")).has_value());
  disk.restart(5);
  EXPECT_EQ(read_all(*files, "a"), "safe12345");
}

}  // namespace
}  // namespace seawall::durable
