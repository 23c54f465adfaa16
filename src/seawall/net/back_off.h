#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "seawall/base/random_source.h"

namespace seawall {

/// How long to wait before asking a remote again.
struct BackOff {
  std::chrono::milliseconds first{std::chrono::seconds(5)};
  std::chrono::milliseconds most{std::chrono::hours(1)};

  /// After `failures` in a row (1 and more): first * 2^(failures - 1), at most `most`, of which the upper
  /// half is drawn at random, so that many who failed together do not come back together. Never less than
  /// `asked_for` (Retry-After), and then up to a tenth more.
  [[nodiscard]] std::chrono::milliseconds delay(
      std::uint32_t failures, RandomSource& random,
      std::optional<std::chrono::milliseconds> asked_for = std::nullopt) const;
};

/// `interval` changed by up to a tenth either way.
[[nodiscard]] std::chrono::milliseconds jittered(std::chrono::milliseconds interval, RandomSource& random);

}  // namespace seawall
