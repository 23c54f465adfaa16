#include "seawall/cli/following.h"

#include "seawall/cli/lists_session.h"
#include "seawall/store_sql/log_records.h"

namespace seawall::cli {

Result<std::unique_ptr<Following>> open_following(const Arguments& arguments, const std::string& folder) {
  auto following = std::make_unique<Following>();
  SEAWALL_TRY(following->url, store_url(arguments));
  SEAWALL_TRY(following->store, open_named_store(following->url));
  SEAWALL_TRY(following->log_records, open_log_records(following->url));
  following->feed = std::make_unique<PublishedFeed>(*following->store, *following->log_records);
  SEAWALL_TRY(following->follower,
              ListFollower::open(folder, *following->feed, *following->store, following->clock));
  return following;
}

Result<bool> bring_up_to_date(ListFollower& follower, Console& console) {
  while (!console.stopping()) {
    SEAWALL_TRY(const FollowStep step, follower.step(std::chrono::milliseconds(0)));
    if (step.all_seen) {
      console.progress("");
      return true;
    }
    console.progress("at list version " + std::to_string(follower.proof().number));
  }
  console.progress("");
  return false;
}

}  // namespace seawall::cli
