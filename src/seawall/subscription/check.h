#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/subscription/followed_list.h"

namespace seawall {

/// What was found about one part of a subscription.
struct SubscriptionFinding {
  enum class Grade : std::uint8_t { kGood, kWarning, kBad };
  std::string_view what;  ///< "format", "bank", "credentials", "key", "folder", "remote".
  Grade grade = Grade::kGood;
  std::string words;   ///< For people; no secret, no address.
  std::string advice;  ///< What to do; empty where nothing is.
};
/// "ok", "warning", "bad".
[[nodiscard]] std::string_view name_of(SubscriptionFinding::Grade grade);

/// Looks whether a subscription could run: its settings, its bank, its secrets and who may read them, its
/// folder, and its remote, which is asked once: at most 1 MiB, 30 s. Imports nothing and changes nothing.
/// Blocks for the store and the remote.
[[nodiscard]] std::vector<SubscriptionFinding> check_subscription(const SubscriptionSettings& settings,
                                                                  const FollowContext& context,
                                                                  const std::stop_token& stop);

}  // namespace seawall
