#include <gtest/gtest.h>

#include "seawall/model/release.h"

namespace seawall {
namespace {

TEST(EntryIds, NameTheirReleaseAndTheirPlaceInIt) {
  const EntryId id = entry_id(ReleaseId{kReleaseIdMax}, 0xffffffffU);
  EXPECT_EQ(release_of(id), ReleaseId{kReleaseIdMax});
  EXPECT_EQ(place_of(id), 0xffffffffU);
  EXPECT_EQ(entry_id(ReleaseId{1}, 0), EntryId{std::uint64_t{1} << 32});
}

TEST(ListNames, ReadBackToWhatTheyName) {
  for (int i = 1; i <= 5; ++i) {
    const auto entry = static_cast<EntryState>(i);
    EXPECT_EQ(*entry_state_from_text(name_of(entry)), entry);
    const auto release = static_cast<ReleaseState>(i);
    EXPECT_EQ(*release_state_from_text(name_of(release)), release);
  }
  for (const ClassificationScheme scheme : kClassificationSchemes) {
    EXPECT_EQ(*classification_scheme_from_text(name_of(scheme)), scheme);
  }
  EXPECT_FALSE(entry_state_from_text("Active"));
  EXPECT_FALSE(release_state_from_text(""));
  EXPECT_FALSE(classification_scheme_from_text("us"));
}

TEST(Classifications, TakeOnlyTheValuesOfTheirScheme) {
  EXPECT_TRUE(check_classification({ClassificationScheme::kNcmec, "A1"}));
  EXPECT_TRUE(check_classification({ClassificationScheme::kGifct, "an event"}));
  const auto wrong = check_classification({ClassificationScheme::kUk, "D"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "a classification under uk is one of A B C");
  EXPECT_FALSE(check_classification({ClassificationScheme::kOther, ""}));
  EXPECT_FALSE(check_classification({ClassificationScheme::kOther, std::string(201, 'x')}));
}

TEST(NewEntries, AreInTheStateOfTheirRelease) {
  EXPECT_EQ(entry_state_in(ReleaseState::kLoading), EntryState::kProposed);
  EXPECT_EQ(entry_state_in(ReleaseState::kProposed), EntryState::kProposed);
  EXPECT_EQ(entry_state_in(ReleaseState::kStaged), EntryState::kStaged);
  EXPECT_EQ(entry_state_in(ReleaseState::kActive), EntryState::kActive);
  EXPECT_EQ(entry_state_in(ReleaseState::kRejected), EntryState::kWithdrawn);
}

}  // namespace
}  // namespace seawall
