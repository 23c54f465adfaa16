#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"

namespace seawall {

/// How many tries of one name: `tries` at once, and as many again in each `per_s`.
struct TryLimit {
  std::uint32_t tries = 5;
  std::uint32_t per_s = 60;
};

/// Counts wrong tries by name (an account, a network, both), in a table of fixed size.
/// Guarantees: no name has more than its tries, while fewer names than a set has places (8) share that set
/// with more tries against them: names are spread by a hash with a random key, so nobody can choose which.
/// Memory: 16 bytes a place, whatever happens. Threads: any. Lifetime: `clock` outlives this. Cost: one HMAC.
class Throttle {
 public:
  /// `places`: rounded up to a multiple of 8. Errors: kUnavailable (no random bytes).
  static Result<Throttle> make(const Clock& clock, const TryLimit& limit, std::size_t places);
  Throttle(Throttle&& other) noexcept;
  Throttle& operator=(Throttle&&) = delete;

  /// Counts a try, before it is known whether it is right. Gives how many seconds to wait where there is none
  /// left; then nothing is counted.
  [[nodiscard]] std::optional<std::uint32_t> take(std::string_view name);
  /// As take(), but nothing is counted.
  [[nodiscard]] std::optional<std::uint32_t> wait_of(std::string_view name);
  /// The try that was taken was right.
  void give_back(std::string_view name);

 private:
  static constexpr std::size_t kWays = 8;
  struct Place {
    std::uint64_t name = 0;
    std::int64_t free_at_ms = 0;  ///< When all tries are there again (GCRA); long ago: never used.
  };
  using Key = std::array<std::byte, 32>;
  Throttle(const Clock& clock, const TryLimit& limit, std::size_t places, const Key& key);
  Place& place_of(std::string_view name);
  [[nodiscard]] std::optional<std::uint32_t> take(Place& place) const;

  const Clock& clock_;
  std::int64_t one_ms_;
  std::int64_t all_ms_;
  Key key_;
  std::mutex mutex_;  ///< Guards places_.
  std::vector<Place> places_;
};

}  // namespace seawall
