#include "seawall/flood/caller_shares.h"

#include <algorithm>
#include <limits>

namespace seawall {

void CallerShares::count(EntryId entry, std::uint64_t caller, std::int64_t bucket, std::uint32_t share) {
  if (bucket > bucket_) {
    taken_.clear();
    beyond_.clear();
    full_ = false;
    bucket_ = bucket;
  }
  const Pair pair{entry, caller};
  auto at = taken_.find(pair);
  if (at == taken_.end() && taken_.size() < pairs_max_) at = taken_.emplace(pair, 0).first;
  if (at != taken_.end() && at->second < share) {
    ++at->second;
    return;
  }
  auto past = beyond_.find(entry);
  if (past == beyond_.end() && beyond_.size() == pairs_max_) {
    full_ = true;
    return;
  }
  if (past == beyond_.end()) past = beyond_.emplace(entry, 0).first;
  if (past->second != std::numeric_limits<std::uint32_t>::max()) ++past->second;
}

std::uint32_t CallerShares::beyond(EntryId entry, std::int64_t bucket) const {
  if (bucket > bucket_) return 0;
  const auto at = beyond_.find(entry);
  if (at != beyond_.end()) return at->second;
  return full_ ? std::numeric_limits<std::uint32_t>::max() : 0;
}

void RecentCallers::see(std::uint64_t caller, Time now) {
  if (!seen_[0] || seen_[0]->caller != caller) {
    std::swap(seen_[0], seen_[1]);
    if (!seen_[0] || seen_[0]->caller != caller) seen_[0] = Seen{caller, now};
  }
  seen_[0]->at = std::max(seen_[0]->at, now);
}

bool RecentCallers::several(Time now) const { return seen_[1] && now - seen_[1]->at <= kRemembered; }

}  // namespace seawall
