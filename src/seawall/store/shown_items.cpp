#include "seawall/store/shown_items.h"

#include <algorithm>

namespace seawall {
namespace {

void add(UnseenChanges& changes, const FeedItem& item) {
  switch (item.kind) {
    case FeedItem::Kind::kBank:
      changes.banks.insert(BankId{static_cast<std::uint32_t>(item.subject)});
      break;
    case FeedItem::Kind::kSource:
      changes.sources.insert(SourceId{static_cast<std::uint32_t>(item.subject)});
      break;
    case FeedItem::Kind::kRelease:
      changes.releases.insert(ReleaseId{static_cast<std::uint32_t>(item.subject)});
      break;
    case FeedItem::Kind::kEntry:
      changes.entries.insert(EntryId{item.subject});
      changes.releases.insert(release_of(EntryId{item.subject}));
      break;
  }
}

}  // namespace

Result<UnseenChanges> UnseenChanges::read(StoreView& view, std::optional<std::uint64_t> shown) {
  UnseenChanges changes;
  SEAWALL_TRY(const ListVersion stands, view.version());
  if (!shown || *shown >= stands.number) return changes;
  changes.shown = shown;
  SEAWALL_TRY(const auto items, view.feed(*shown, kMax));
  changes.too_many = items.size() == kMax;
  for (const FeedItem& item : items) add(changes, item);
  return changes;
}

bool UnseenChanges::concern(const FeedItem& item) const {
  if (too_many) return true;
  const auto number = static_cast<std::uint32_t>(item.subject);
  switch (item.kind) {
    case FeedItem::Kind::kBank:
      return banks.contains(BankId{number});
    case FeedItem::Kind::kSource:
      return sources.contains(SourceId{number});
    case FeedItem::Kind::kRelease:
      return releases.contains(ReleaseId{number});
    case FeedItem::Kind::kEntry:
      return releases.contains(release_of(EntryId{item.subject}));
  }
  return true;
}

std::size_t UnseenChanges::leave(std::span<const FeedItem> items) const {
  const auto end = std::ranges::find_if(items, [this](const FeedItem& item) { return concern(item); });
  return static_cast<std::size_t>(end - items.begin());
}

}  // namespace seawall
