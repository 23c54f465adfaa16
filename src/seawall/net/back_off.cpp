#include "seawall/net/back_off.h"

#include <algorithm>

namespace seawall {
namespace {

using std::chrono::milliseconds;

/// 0 to `most`, inclusive; the bias of the remainder is below 2^-30 for any wait of days.
milliseconds drawn(milliseconds most, RandomSource& random) {
  const auto range = static_cast<std::uint64_t>(std::max<std::int64_t>(most.count(), 0)) + 1;
  return milliseconds(static_cast<std::int64_t>(random.next() % range));
}

}  // namespace

milliseconds BackOff::delay(std::uint32_t failures, RandomSource& random,
                            std::optional<milliseconds> asked_for) const {
  milliseconds wait = std::min(first, most);
  for (std::uint32_t i = 1; i < failures && wait < most; ++i) wait = std::min(wait * 2, most);
  wait = wait - wait / 2 + drawn(wait / 2, random);
  if (!asked_for || *asked_for <= wait) return wait;
  return *asked_for + drawn(*asked_for / 10, random);
}

milliseconds jittered(milliseconds interval, RandomSource& random) {
  return interval - interval / 10 + drawn(interval / 5, random);
}

}  // namespace seawall
