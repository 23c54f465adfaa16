#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>

#include "seawall/base/result.h"
#include "seawall/model/entry.h"
#include "seawall/model/feed_item.h"
#include "seawall/store/store.h"

namespace seawall {

/// What the store holds already though it is not to be seen yet (Feed::shown()): the changes after a version,
/// by what they are of.
struct UnseenChanges {
  static constexpr std::size_t kMax = 10'000;

  std::optional<std::uint64_t> shown;  ///< They are those after it; none: there are none.
  std::set<BankId> banks;
  std::set<SourceId> sources;
  std::set<ReleaseId> releases;  ///< Also those of `entries`: an entry is read with its release.
  std::set<EntryId> entries;
  bool too_many = false;  ///< More than kMax: each item is concerned, and which else is not known.

  /// Of the newest that `view` shows; `shown`: as Feed::shown(), asked before the view was made. Errors: the
  /// store's.
  static Result<UnseenChanges> read(StoreView& view, std::optional<std::uint64_t> shown);
  /// Whether what the item is of has changed since.
  [[nodiscard]] bool concern(const FeedItem& item) const;
  /// How many of `items`, which may be seen, come before the first that they concern.
  [[nodiscard]] std::size_t leave(std::span<const FeedItem> items) const;
};

}  // namespace seawall
