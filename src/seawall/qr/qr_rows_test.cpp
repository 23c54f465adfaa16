#include "seawall/qr/qr_rows.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

// '#' for a dark module; one string for each row of modules.
std::vector<std::string> modules_of(const std::vector<std::string>& rows) {
  std::vector<std::string> modules;
  for (const std::string& row : rows) {
    std::string top, bottom;
    for (std::size_t at = 0; at < row.size();) {
      const std::size_t bytes = row[at] == ' ' ? 1 : 3;
      const std::string drawn = row.substr(at, bytes);
      top += drawn == "█" || drawn == "▀" ? ' ' : '#';
      bottom += drawn == "█" || drawn == "▄" ? ' ' : '#';
      at += bytes;
    }
    modules.push_back(top);
    modules.push_back(bottom);
  }
  return modules;
}

TEST(QrRows, StandInFourLightModulesWithAFinderInThreeCorners) {
  const auto rows = qr_rows("otpauth://totp/Seawall:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  ASSERT_TRUE(rows);
  const std::vector<std::string> modules = modules_of(*rows);
  const std::size_t width = modules[0].size();
  ASSERT_EQ((width - 8 - 17) % 4, 0U);
  ASSERT_EQ(modules.size(), width + 1);  // The last row of blocks has no lower half.
  const std::vector<std::string> finder{"#######", "#     #", "# ### #", "# ### #",
                                        "# ### #", "#     #", "#######"};
  const std::size_t far = width - 4 - 7;
  for (std::size_t y = 0; y < 7; ++y) {
    EXPECT_EQ(modules[4 + y].substr(4, 7), finder[y]);
    EXPECT_EQ(modules[4 + y].substr(far, 7), finder[y]);
    EXPECT_EQ(modules[far + y].substr(4, 7), finder[y]);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(modules[i], std::string(width, ' '));
    EXPECT_EQ(modules[width - 1 - i], std::string(width, ' '));
  }
}

TEST(QrRows, TellTextsApartAndAreTheSameForTheSame) {
  EXPECT_EQ(qr_rows("one").value(), qr_rows("one").value());
  EXPECT_NE(qr_rows("one").value(), qr_rows("two").value());
}

TEST(QrRows, RefuseWhatTheyCannotHold) {
  EXPECT_EQ(qr_rows("").error().code, Code::kInvalidInput);
  EXPECT_EQ(qr_rows(std::string_view("a\0b", 3)).error().code, Code::kInvalidInput);
  EXPECT_TRUE(qr_rows(std::string(kQrBytesMax, 'x')));
  EXPECT_EQ(qr_rows(std::string(kQrBytesMax + 1, 'x')).error().code, Code::kLimitExceeded);
}

}  // namespace
}  // namespace seawall
