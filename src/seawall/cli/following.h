#pragma once

#include <memory>
#include <string>

#include "seawall/base/system_clock.h"
#include "seawall/cli/command.h"
#include "seawall/feed_store/published_feed.h"
#include "seawall/follow/list_follower.h"
#include "seawall/store/store.h"

namespace seawall::cli {

/// A follower with all that it borrows. Threads: one.
struct Following {
  std::string url;
  std::unique_ptr<Store> store;
  std::unique_ptr<LogRecordStore> log_records;
  std::unique_ptr<PublishedFeed> feed;  ///< What the transparency log holds, where one is kept.
  SystemClock clock;
  std::unique_ptr<ListFollower> follower;
};

/// Of the store that --store or $SEAWALL_STORE names. Errors: those of the store and of ListFollower::open().
Result<std::unique_ptr<Following>> open_following(const Arguments& arguments, const std::string& folder);

/// Brings it as far as the feed may be seen, with progress on a terminal. False: told to stop before.
Result<bool> bring_up_to_date(ListFollower& follower, Console& console);

/// The argument that both commands take.
inline constexpr PositionalSpec kFollowerFolder{
    .name = "DIR",
    .help = "where the matcher keeps its indexes; made when it is not there",
    .kind = ValueKind::kPath};

}  // namespace seawall::cli
