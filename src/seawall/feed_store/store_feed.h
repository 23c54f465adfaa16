#pragma once

#include "seawall/feed/feed.h"
#include "seawall/store/store.h"

namespace seawall {

/// The embedded feed: the store's own list of changes, on SQLite or PostgreSQL. Keeps every item for ever.
/// Threads: any, each call with a view of its own. Lifetime: borrows the store. Cost: one query a read.
class StoreFeed final : public Feed {
 public:
  explicit StoreFeed(Store& store) : store_(store) {}
  Result<std::vector<FeedItem>> read(std::uint64_t after, std::size_t limit) override;
  Result<bool> wait(std::uint64_t after, std::chrono::milliseconds deadline) override;

 private:
  Store& store_;
};

}  // namespace seawall
