#include "seawall/stream_evidence/line_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>
#include <sstream>

#include "seawall/base/temporary_folder.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(LineFile, IsAppendedToAndReadableByItsOwnerAlone) {
  const auto folder = *TemporaryFolder::make("seawall-lines");
  const auto path = folder.path() / "evidence.ndjson";
  for (const char* line : {"one", "two"}) {
    auto file = LineFile::open(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->append(line, true));
  }
  EXPECT_EQ(text_of(path), "one\ntwo\n");
  struct stat facts {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_FALSE(LineFile::open(folder.path() / "none" / "x"));
}

TEST(SignalWindows, KeepHoursAndForgetThem) {
  const auto folder = *TemporaryFolder::make("seawall-windows");
  const auto path = folder.path() / "signals";
  auto windows = SignalWindows::open(path, std::chrono::hours(3));
  ASSERT_TRUE(windows);
  std::ofstream(path / "notes.txt") << "mine";
  const Time begin{std::chrono::hours(472'222)};
  for (int minute = 0; minute < 10 * 60; minute += 10)
    ASSERT_TRUE(windows->append(std::to_string(minute), begin + std::chrono::minutes(minute)));
  std::set<std::string> names;
  for (const auto& each : std::filesystem::directory_iterator(path)) names.insert(each.path().filename());
  EXPECT_EQ(names.size(), 5U) << "three hours, that of now, and what is not ours";
  EXPECT_TRUE(names.contains("notes.txt"));
  EXPECT_FALSE(SignalWindows::open(path, std::chrono::hours(0)));
}

}  // namespace
