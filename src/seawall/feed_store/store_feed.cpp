#include "seawall/feed_store/store_feed.h"

#include <algorithm>

namespace seawall {

Result<std::vector<FeedItem>> StoreFeed::read(std::uint64_t after, std::size_t limit) {
  SEAWALL_TRY(const auto view, store_.view());
  return view->feed(after, std::clamp<std::size_t>(limit, 1, kReadMax));
}

Result<bool> StoreFeed::wait(std::uint64_t after, std::chrono::milliseconds deadline) {
  return store_.wait_for_change(after, deadline);
}

}  // namespace seawall
