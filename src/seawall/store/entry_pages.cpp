#include "seawall/store/entry_pages.h"

#include <algorithm>
#include <vector>

namespace seawall {
namespace {

constexpr std::size_t kVideosAtOnce = 10'000;

/// How many of `ids` fit into memory at once; at least one.
Result<std::size_t> fitting(StoreView& view, std::span<const EntryId> ids) {
  const EntryId before{static_cast<std::uint64_t>(ids.front()) - 1};
  SEAWALL_TRY(const auto videos, view.video_entries(before, ids.back(), kVideosAtOnce));
  std::uint64_t bytes = 0;
  for (const VideoEntry& video : videos) {
    const auto at = std::ranges::lower_bound(ids, video.entry);
    if (at == ids.end() || *at != video.entry) continue;
    bytes += video.content_bytes;
    if (bytes >= StoreView::kPageBytesMax) return static_cast<std::size_t>(at - ids.begin()) + 1;
  }
  if (videos.size() < kVideosAtOnce) return ids.size();
  // What lies behind them is not known.
  const auto known = std::ranges::upper_bound(ids, videos.back().entry);
  return std::max<std::size_t>(1, static_cast<std::size_t>(known - ids.begin()));
}

}  // namespace

Result<void> visit_entries(
    StoreView& view, std::span<const EntryId> ids, std::size_t count_max,
    FunctionRef<Result<void>(std::span<const EntryId> ids, std::span<Entry> entries)> visit) {
  while (!ids.empty()) {
    SEAWALL_TRY(const std::size_t count, fitting(view, ids.first(std::min(count_max, ids.size()))));
    const auto piece = ids.first(count);
    SEAWALL_TRY(auto entries, view.entries(piece));
    SEAWALL_CHECK(visit(piece, entries));
    ids = ids.subspan(count);
  }
  return {};
}

}  // namespace seawall
