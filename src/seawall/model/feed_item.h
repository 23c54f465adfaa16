#pragma once

#include <cstdint>

#include "seawall/base/digests.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/release.h"

namespace seawall {

/// Where all lists stand: every change makes one new version, with no gaps, in the order of commits.
/// `chain`: SHA-256 of the chain before it and the feed item (docs/formats/list-version.md), so two who hold
/// the same chain have seen the same changes.
struct ListVersion {
  std::uint64_t number = 0;
  Sha256 chain{};
  friend bool operator==(const ListVersion&, const ListVersion&) = default;
};

/// One change of the lists as followers see it. What changed is read from the store by its id.
struct FeedItem {
  enum class Kind : std::uint8_t {
    kBank = 1,     ///< A bank is new or has other settings.
    kRelease = 2,  ///< A release is sealed or in another state; its new entries move with it.
    kEntry = 3,    ///< One entry, listed before, has other content, state, radius, action or dates.
    kSource = 4,   ///< A source is new.
  };
  ListVersion version;
  Kind kind = Kind::kEntry;
  std::uint64_t subject = 0;                            ///< The BankId, ReleaseId, EntryId or SourceId.
  ReleaseState release_state = ReleaseState::kLoading;  ///< kRelease: the state from then on.
  Sha256 digest{};                                      ///< Of the subject as it is from then on.
  Authorship by;
  friend bool operator==(const FeedItem&, const FeedItem&) = default;
};

}  // namespace seawall
