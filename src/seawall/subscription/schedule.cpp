#include "seawall/subscription/schedule.h"

#include <algorithm>

namespace seawall {

std::size_t Schedule::run_due(const std::stop_token& stop) {
  std::size_t runs = 0;
  for (const auto& [name, subscription] : subscriptions_) {
    if (stop.stop_requested()) break;
    if (clock_.now() < subscription->health().next_at) continue;
    (void)subscription->run(stop).has_value();  // An error stands in its health, which callers read.
    ++runs;
  }
  return runs;
}

std::optional<Time> Schedule::next_at() const {
  std::optional<Time> next;
  for (const auto& [name, subscription] : subscriptions_) {
    const Time at = subscription->health().next_at;
    next = next ? std::min(*next, at) : at;
  }
  return next;
}

std::vector<std::pair<std::string, SubscriptionHealth>> Schedule::health() const {
  std::vector<std::pair<std::string, SubscriptionHealth>> out;
  for (const auto& [name, subscription] : subscriptions_) out.emplace_back(name, subscription->health());
  return out;
}

}  // namespace seawall
