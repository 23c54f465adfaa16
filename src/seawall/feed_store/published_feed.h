#pragma once

#include "seawall/feed_store/store_feed.h"
#include "seawall/store/log_records.h"

namespace seawall {

/// The embedded feed (StoreFeed) that shows no change before the published transparency log holds it: so that
/// nothing comes into force that overseers cannot see (seawall log run). Guarantees: as Feed; if the log
/// stands still, so do the lists, and those who follow say how far they are. Threads: any. Lifetime: borrows
/// both. Cost: one query more a read. What the log holds is the database's word here: ProvedFeed verifies it.
class PublishedFeed : public Feed {
 public:
  PublishedFeed(Store& store, LogRecordStore& records) : all_(store), records_(records) {}
  Result<std::vector<FeedItem>> read(std::uint64_t after, std::size_t limit) override;
  Result<std::optional<std::uint64_t>> shown() override { return records_.published("lists"); }
  Result<bool> wait(std::uint64_t after, std::chrono::milliseconds deadline) override;

 protected:
  /// All there is, to be seen or not.
  Feed& all() { return all_; }
  LogRecordStore& records() { return records_; }

 private:
  StoreFeed all_;
  LogRecordStore& records_;
};

}  // namespace seawall
