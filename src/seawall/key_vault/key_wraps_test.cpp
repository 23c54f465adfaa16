#include "seawall/key_vault/key_wraps.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

TEST(KeyWraps, OpenForExactlyWhatTheyWereSealedFor) {
  const KeyBytes above = *KeyBytes::make(), key = *KeyBytes::make();
  const RecordName name{"forum", "case-1", "rec-1", 1};
  const std::string sealed = *seal_record_key(above, key, name);
  EXPECT_EQ(sealed.size(), kWrappedKeyBytes);
  EXPECT_EQ(open_record_key(above, sealed, name)->text(), key.text());
  for (const RecordName& other : {RecordName{"shop", "case-1", "rec-1", 1},
                                  {"forum", "case-2", "rec-1", 1},
                                  {"forum", "case-1", "rec-2", 1},
                                  {"forum", "case-1", "rec-1", 2},
                                  {"forum", "case-1rec-1", "", 1}})
    EXPECT_EQ(open_record_key(above, sealed, other).error().code, Code::kCorrupt);
  EXPECT_EQ(open_record_key(key, sealed, name).error().code, Code::kCorrupt);
  EXPECT_EQ(open_case_key(above, sealed, "forum", "case-1", 1).error().code, Code::kCorrupt);
}

TEST(KeyWraps, AreRefusedWhicheverByteWasChanged) {
  const KeyBytes above = *KeyBytes::make(), key = *KeyBytes::make();
  const std::string sealed = *seal_case_key(above, key, "forum", "case-1", 3);
  EXPECT_EQ(open_case_key(above, sealed, "forum", "case-1", 3)->text(), key.text());
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open_case_key(above, changed, "forum", "case-1", 3)) << i;
  }
  EXPECT_FALSE(open_case_key(above, sealed.substr(1), "forum", "case-1", 3));
}

TEST(KeyWraps, TakeNamesThatHaveOneSpelling) {
  EXPECT_TRUE(check_record_name({"forum", "case-1", "rec-1", 1}));
  for (const RecordName& bad : {RecordName{"", "c", "r", 1},
                                {"t", "c d", "r", 1},
                                {"t", "c", "r\n", 1},
                                {"t", "c", std::string(97, 'r'), 1},
                                {"t", "c", "r\xC3\xA9", 1},
                                {"t", "c", "r", 0},
                                {"t", "c", "r", ~std::uint64_t{0}}})
    EXPECT_FALSE(check_record_name(bad));
}

TEST(KeyBytes, LeaveNothingWhereTheyWereMovedFrom) {
  KeyBytes key = *KeyBytes::make();
  const std::string text(key.text());
  const KeyBytes moved = std::move(key);
  EXPECT_EQ(moved.text(), text);
  EXPECT_EQ(key.text(), std::string(KeyBytes::kBytes, '\0'));  // NOLINT(bugprone-use-after-move)
}

}  // namespace
}  // namespace seawall
