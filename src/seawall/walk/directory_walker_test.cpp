#include "seawall/walk/directory_walker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "seawall/base/temporary_folder.h"

namespace seawall {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class DirectoryWalkerTest : public testing::Test {
 protected:
  void TearDown() override {
    for (const auto& entry :
         fs::recursive_directory_iterator(root_, fs::directory_options::skip_permission_denied)) {
      if (!entry.is_symlink() && entry.is_directory()) fs::permissions(entry, fs::perms::owner_all);
    }
  }
  void write(const std::string& path, const std::string& text = "x") const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
  }
  struct Walked {
    std::vector<std::string> files;
    std::vector<std::string> problems;
    WalkCounts counts;
  };
  [[nodiscard]] Walked walk(const WalkOptions& options = {}) const {
    Walked walked;
    auto walker = DirectoryWalker::open(root_.string(), options);
    EXPECT_TRUE(walker.has_value());
    if (!walker) return walked;
    while (auto step = walker->next()) {
      if (const auto* file = std::get_if<WalkedFile>(&*step)) walked.files.push_back(file->path);
      if (const auto* bad = std::get_if<WalkProblem>(&*step)) walked.problems.push_back(bad->path);
    }
    walked.counts = walker->counts();
    return walked;
  }

  const TemporaryFolder folder_ = TemporaryFolder::make("seawall-walk").value();
  const fs::path root_ = folder_.path();
};

TEST_F(DirectoryWalkerTest, GivesEveryFileInByteOrderDepthFirst) {
  for (const char* path : {"b", "a/z", "a/B", "a/a", "c/d/e/f", "a.jpg", "Z"}) write(path);
  fs::create_directory(root_ / "empty");
  const Walked walked = walk();
  EXPECT_THAT(walked.files, ElementsAre("Z", "a/B", "a/a", "a/z", "a.jpg", "b", "c/d/e/f"));
  EXPECT_THAT(walked.problems, IsEmpty());
  EXPECT_EQ(walked.counts.folders_entered, 6U);
}

TEST_F(DirectoryWalkerTest, KeepsNamesOfAnyBytes) {
  const std::vector<std::string> names = {"\x01\n\t",        " ", "-rf", "=cmd()", "\xff\xfe\x80",
                                          "\xe2\x80\xae.jpg"};
  for (const auto& name : names) write(name);
  std::vector<std::string> sorted = names;
  std::ranges::sort(sorted);
  EXPECT_EQ(walk().files, sorted);
}

TEST_F(DirectoryWalkerTest, SmallWindowsGiveTheSameOrderAsLargeOnes) {
  constexpr unsigned kSeed = 7;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  for (int i = 0; i < 900; ++i) {
    write((i % 3 == 0 ? "deep/er/" : i % 3 == 1 ? "deep/" : "") + std::to_string(random()));
  }
  const auto whole = walk().files;
  EXPECT_EQ(whole.size(), 900U);
  EXPECT_EQ(walk({.names_max = 1}).files, whole);  // 256 names a window at least: several passes.
}

TEST_F(DirectoryWalkerTest, SkipsLinksUnlessTold) {
  write("real/file");
  fs::create_symlink("real/file", root_ / "link");
  fs::create_directory_symlink("real", root_ / "other");
  const Walked walked = walk();
  EXPECT_THAT(walked.files, ElementsAre("real/file"));
  EXPECT_EQ(walked.counts.links_skipped, 2U);
}

TEST_F(DirectoryWalkerTest, FollowsLinksIntoEachFolderOnceSoLoopsEnd) {
  write("a/file");
  fs::create_directory_symlink("..", root_ / "a" / "up");
  fs::create_directory_symlink("../b", root_ / "a" / "to_b");
  write("b/other");
  fs::create_directory_symlink("../a", root_ / "b" / "to_a");
  fs::create_symlink("self", root_ / "self");
  fs::create_symlink("nowhere", root_ / "dangling");
  const Walked walked = walk({.follow_links = true});
  EXPECT_THAT(walked.files, ElementsAre("a/file", "a/to_b/other"));
  EXPECT_THAT(walked.problems, ElementsAre("dangling", "self"));
  EXPECT_EQ(walked.counts.folders_repeated, 3U);
}

TEST_F(DirectoryWalkerTest, FollowedFileLinksAreReadThroughTheLink) {
  write("outside", "abc");
  fs::create_symlink("outside", root_ / "link");
  auto walker = DirectoryWalker::open(root_.string(), {.follow_links = true});
  ASSERT_TRUE(walker.has_value());
  auto step = walker->next();
  ASSERT_TRUE(step.has_value());
  const auto& file = std::get<WalkedFile>(*step);
  EXPECT_EQ(file.path, "link");
  EXPECT_EQ(file.stamp.size_bytes, 3U);
  EXPECT_TRUE(file.open().has_value());
}

TEST_F(DirectoryWalkerTest, HardLinksAreGivenUnderEachName) {
  write("one");
  fs::create_hard_link(root_ / "one", root_ / "two");
  EXPECT_THAT(walk().files, ElementsAre("one", "two"));
}

TEST_F(DirectoryWalkerTest, NeverOpensSpecialFiles) {
  ASSERT_EQ(::mkfifo((root_ / "fifo").c_str(), 0600), 0);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (root_ / "socket").string();
  ASSERT_LT(path.size(), sizeof(address.sun_path));
  std::ranges::copy(path, address.sun_path);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  write("plain");
  const Walked walked = walk();
  ::close(listener);
  EXPECT_THAT(walked.files, ElementsAre("plain"));
  EXPECT_EQ(walked.counts.special_skipped, 2U);
}

TEST_F(DirectoryWalkerTest, AFifoPutInPlaceOfAFileDoesNotBlock) {
  write("file");
  auto walker = DirectoryWalker::open(root_.string());
  ASSERT_TRUE(walker.has_value());
  const auto step = walker->next();
  fs::remove(root_ / "file");
  ASSERT_EQ(::mkfifo((root_ / "file").c_str(), 0600), 0);
  const auto opened = std::get<WalkedFile>(*step).open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kInvalidInput);
}

TEST_F(DirectoryWalkerTest, ALinkPutInPlaceOfAFileIsNotFollowed) {
  write("file");
  auto walker = DirectoryWalker::open(root_.string());
  ASSERT_TRUE(walker.has_value());
  const auto step = walker->next();
  fs::remove(root_ / "file");
  fs::create_symlink("/etc/hostname", root_ / "file");
  EXPECT_FALSE(std::get<WalkedFile>(*step).open().has_value());
}

TEST_F(DirectoryWalkerTest, AFolderRenamedAfterwardsStillOpensItsFile) {
  write("folder/file");
  auto walker = DirectoryWalker::open(root_.string());
  ASSERT_TRUE(walker.has_value());
  const auto step = walker->next();
  fs::rename(root_ / "folder", root_ / "moved");
  EXPECT_TRUE(std::get<WalkedFile>(*step).open().has_value());
  fs::remove(root_ / "moved" / "file");
  const auto opened = std::get<WalkedFile>(*step).open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kNotFound);
}

TEST_F(DirectoryWalkerTest, UnreadableFoldersAreProblemsAndTheWalkGoesOn) {
  write("a/file");
  write("closed/file");
  write("z/file");
  fs::permissions(root_ / "closed", fs::perms::none);
  fs::permissions(root_, fs::perms(0755));
  const bool root = ::geteuid() == 0;  // Root may read anything, so walk as nobody.
  if (root) {
    ASSERT_EQ(::seteuid(65534), 0);
  }
  const Walked walked = walk();
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_THAT(walked.files, ElementsAre("a/file", "z/file"));
  EXPECT_THAT(walked.problems, ElementsAre("closed"));
}

TEST_F(DirectoryWalkerTest, StopsAtItsDepthAndSaysSo) {
  write("1/2/3/deep");
  write("1/2/ok");
  const Walked walked = walk({.depth_max = 2});
  EXPECT_THAT(walked.files, ElementsAre("1/2/ok"));
  EXPECT_THAT(walked.problems, ElementsAre("1/2/3"));
}

TEST_F(DirectoryWalkerTest, WalksPathsLongerThanPathMax) {
  const std::string name(200, 'n');
  const fs::path before = fs::current_path();
  fs::current_path(root_);
  for (int i = 0; i < 30; ++i) {
    ASSERT_EQ(::mkdir(name.c_str(), 0700), 0);
    ASSERT_EQ(::chdir(name.c_str()), 0);
  }
  std::ofstream("leaf") << "x";
  fs::current_path(before);
  auto walker = DirectoryWalker::open(root_.string());
  ASSERT_TRUE(walker.has_value());
  const auto step = walker->next();
  ASSERT_TRUE(step.has_value());
  const auto* file = std::get_if<WalkedFile>(&*step);
  ASSERT_NE(file, nullptr);
  EXPECT_GT(file->path.size(), 6000U);
  EXPECT_TRUE(file->open().has_value());
  EXPECT_EQ(std::system(("rm -rf '" + root_.string() + "'/n*").c_str()), 0);
}

TEST_F(DirectoryWalkerTest, LeavesExcludedFoldersOut) {
  write("state/journal");
  write("file");
  const auto identity = folder_identity((root_ / "state").string());
  ASSERT_TRUE(identity.has_value());
  EXPECT_THAT(walk({.excluded_folders = {*identity}}).files, ElementsAre("file"));
}

TEST_F(DirectoryWalkerTest, FilesThatVanishInTheFolderJustReadAreProblems) {
  for (const char* path : {"a", "b", "c"}) write(path);
  auto walker = DirectoryWalker::open(root_.string());
  ASSERT_TRUE(walker.has_value());
  ASSERT_TRUE(walker->next().has_value());
  fs::remove(root_ / "b");
  const auto second = walker->next();
  ASSERT_TRUE(second.has_value());
  ASSERT_TRUE(std::holds_alternative<WalkProblem>(*second));
  EXPECT_EQ(std::get<WalkProblem>(*second).error.code, Code::kNotFound);
  const auto third = walker->next();
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(std::get<WalkedFile>(*third).path, "c");
}

TEST_F(DirectoryWalkerTest, RefusesWhatIsNoFolder) {
  write("file");
  EXPECT_EQ(DirectoryWalker::open((root_ / "file").string()).error().code, Code::kInvalidInput);
  EXPECT_EQ(DirectoryWalker::open((root_ / "none").string()).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace seawall
