#include "seawall/follow/detail/shown_items.h"

#include <algorithm>
#include <set>
#include <utility>

#include "seawall/feed/feed.h"

namespace seawall::follow_detail {
namespace {

using Place = std::pair<FeedItem::Kind, std::uint64_t>;

/// What is read together: an entry with its release.
Place place_of(const FeedItem& item) {
  if (item.kind != FeedItem::Kind::kEntry) return {item.kind, item.subject};
  const ReleaseId release = release_of(EntryId{item.subject});
  return {FeedItem::Kind::kRelease, static_cast<std::uint64_t>(release)};
}

}  // namespace

Result<std::size_t> items_to_take(StoreView& view, std::span<const FeedItem> items, std::uint64_t shown) {
  SEAWALL_TRY(const auto unseen, view.feed(shown, Feed::kReadMax));
  if (unseen.size() == Feed::kReadMax) return 0;
  std::set<Place> changed;
  for (const FeedItem& item : unseen) changed.insert(place_of(item));
  const auto end =
      std::ranges::find_if(items, [&](const FeedItem& item) { return changed.contains(place_of(item)); });
  return static_cast<std::size_t>(end - items.begin());
}

}  // namespace seawall::follow_detail
