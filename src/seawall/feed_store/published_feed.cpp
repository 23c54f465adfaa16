#include "seawall/feed_store/published_feed.h"

#include <algorithm>
#include <thread>

namespace seawall {
namespace {

constexpr std::chrono::milliseconds kLookEvery{20};

}  // namespace

Result<std::vector<FeedItem>> PublishedFeed::read(std::uint64_t after, std::size_t limit) {
  SEAWALL_TRY(const auto published, shown());
  if (!published) return all_.read(after, limit);
  if (*published <= after) return std::vector<FeedItem>();
  return all_.read(after, std::min<std::uint64_t>(limit, *published - after));
}

Result<bool> PublishedFeed::wait(std::uint64_t after, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (;;) {
    SEAWALL_TRY(const auto published, shown());
    if (published && *published > after) return true;
    const auto left = std::max(
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()),
        std::chrono::milliseconds(0));
    // A change that is not published yet ends the inner wait at once: then the log is looked at again soon.
    SEAWALL_TRY(const bool news, all_.wait(after, left));
    if (!news || !published || left == std::chrono::milliseconds(0)) return news;
    std::this_thread::sleep_for(std::min(kLookEvery, left));
  }
}

}  // namespace seawall
