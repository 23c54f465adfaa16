#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/subscription/subscription.h"

namespace seawall {

/// Runs subscriptions when their time has come. It does not wait: whoever calls it sleeps until next_at().
/// Threads: one. Lifetime: borrows the clock and the subscriptions. One after the other, so a long first pull
/// keeps the others waiting: give such a one a schedule and a thread of its own.
class Schedule {
 public:
  explicit Schedule(const Clock& clock) : clock_(clock) {}

  void add(std::string name, Subscription& subscription) {
    subscriptions_.emplace_back(std::move(name), &subscription);
  }

  /// Runs each that is due, once; what went wrong is in its health. Gives how many were run.
  std::size_t run_due(const std::stop_token& stop);

  /// When the next one is due. None: there is no subscription.
  [[nodiscard]] std::optional<Time> next_at() const;

  /// By name, in the order of add().
  [[nodiscard]] std::vector<std::pair<std::string, SubscriptionHealth>> health() const;

 private:
  const Clock& clock_;
  std::vector<std::pair<std::string, Subscription*>> subscriptions_;
};

}  // namespace seawall
