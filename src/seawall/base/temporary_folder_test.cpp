#include "seawall/base/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <utility>

namespace seawall {
namespace {

TEST(TemporaryFolder, IsEmptyAndItsOwnersAloneAndGoesWithWhatIsInIt) {
  std::filesystem::path path;
  {
    const auto folder = TemporaryFolder::make("seawall-test");
    ASSERT_TRUE(folder) << folder.error().message;
    path = folder->path();
    EXPECT_TRUE(std::filesystem::is_empty(path));
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_all);
    std::filesystem::create_directory(path / "in");
    std::ofstream(path / "in" / "it") << "x";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TemporaryFolder, GoesOnceWhenItWasMoved) {
  std::optional<TemporaryFolder> kept;
  std::filesystem::path path;
  {
    auto folder = TemporaryFolder::make("seawall-test");
    ASSERT_TRUE(folder);
    path = folder->path();
    kept.emplace(*std::move(folder));
  }
  EXPECT_TRUE(std::filesystem::exists(path));
  kept.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace seawall
