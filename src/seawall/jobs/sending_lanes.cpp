#include "seawall/jobs/sending_lanes.h"

namespace seawall {

bool SendingLanes::Side::full(std::int64_t who, std::size_t most) const {
  const auto found = used.find(who);
  return found != used.end() && found->second >= most;
}

void SendingLanes::Side::leave(std::int64_t who, std::optional<bool> answered) {
  const auto found = used.find(who);
  if (found != used.end() && --found->second == 0) used.erase(found);
  if (!answered) return;
  if (*answered) {
    slow.erase(who);
    return;
  }
  if (slow.insert(who).second) slow_since.push_back(who);
  while (slow_since.size() > kSlowMax) {
    slow.erase(slow_since.front());
    slow_since.pop_front();
  }
}

std::vector<std::int64_t> SendingLanes::Side::blocked(std::size_t most, bool slow_too) const {
  std::vector<std::int64_t> who;
  if (slow_too) who.assign(slow.begin(), slow.end());
  for (const auto& [one, count] : used) {
    if (count >= most && !(slow_too && slow.contains(one))) who.push_back(one);
  }
  return who;
}

std::optional<SendingLanes::Lane> SendingLanes::enter(std::int64_t host, std::int64_t owner) {
  const bool slow = hosts_.slow.contains(host) || owners_.slow.contains(owner);
  if (free() == 0 || (slow && slow_is_full()) || hosts_.full(host, options_.host_max) ||
      owners_.full(owner, options_.owner_max)) {
    return std::nullopt;
  }
  ++used_;
  if (slow) ++slow_used_;
  ++hosts_.used[host];
  ++owners_.used[owner];
  return Lane{host, owner, slow};
}

void SendingLanes::leave(const Lane& lane, std::optional<bool> answered) {
  --used_;
  if (lane.slow) --slow_used_;
  hosts_.leave(lane.host, answered);
  owners_.leave(lane.owner, answered);
}

std::vector<std::int64_t> SendingLanes::blocked_hosts() const {
  return hosts_.blocked(options_.host_max, slow_is_full());
}

std::vector<std::int64_t> SendingLanes::blocked_owners() const {
  return owners_.blocked(options_.owner_max, slow_is_full());
}

}  // namespace seawall
