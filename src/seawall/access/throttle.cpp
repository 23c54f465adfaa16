#include "seawall/access/throttle.h"

#include <algorithm>
#include <cstring>

#include "seawall/crypto/hmac.h"
#include "seawall/crypto/random_bytes.h"

namespace seawall {

Result<Throttle> Throttle::make(const Clock& clock, const TryLimit& limit, std::size_t places) {
  if (limit.tries == 0 || limit.per_s == 0 || limit.tries > 1000 * limit.per_s || places == 0) {
    return fail(Code::kInvalidInput, "a limit of tries is 1 to 1,000 a second, and has places");
  }
  Key key;
  SEAWALL_CHECK(fill_with_random_bytes(key));
  return Throttle(clock, limit, places, key);
}

Throttle::Throttle(const Clock& clock, const TryLimit& limit, std::size_t places, const Key& key)
    : clock_(clock),
      one_ms_(std::int64_t{1000} * limit.per_s / limit.tries),
      all_ms_(one_ms_ * limit.tries),
      key_(key),
      places_((places + kWays - 1) / kWays * kWays) {}

Throttle::Throttle(Throttle&& other) noexcept
    : clock_(other.clock_),
      one_ms_(other.one_ms_),
      all_ms_(other.all_ms_),
      key_(other.key_),
      places_(std::move(other.places_)) {}

Throttle::Place& Throttle::place_of(std::string_view name) {
  const Sha256 mac = hmac_sha256(key_, name);
  std::uint64_t set = 0;
  std::uint64_t tag = 0;
  std::memcpy(&set, mac.data(), sizeof set);
  std::memcpy(&tag, mac.data() + sizeof set, sizeof tag);
  const auto first = places_.begin() + static_cast<std::ptrdiff_t>(set % (places_.size() / kWays) * kWays);
  const auto ways = std::span(first, kWays);
  const auto known = std::ranges::find(ways, tag, &Place::name);
  if (known != ways.end()) return *known;
  Place& oldest = *std::ranges::min_element(ways, {}, &Place::free_at_ms);
  oldest = {tag, 0};
  return oldest;
}

std::optional<std::uint32_t> Throttle::take(Place& place) const {
  const std::int64_t now = clock_.now().time_since_epoch().count();
  // A clock that was set back must not shut a name out for longer than all its tries take.
  const std::int64_t free_at = std::clamp(place.free_at_ms, now, now + all_ms_);
  const std::int64_t wait = free_at + one_ms_ - now - all_ms_;
  if (wait > 0) return static_cast<std::uint32_t>((wait + 999) / 1000);
  place.free_at_ms = free_at + one_ms_;
  return std::nullopt;
}

std::optional<std::uint32_t> Throttle::take(std::string_view name) {
  const std::lock_guard lock(mutex_);
  return take(place_of(name));
}

std::optional<std::uint32_t> Throttle::wait_of(std::string_view name) {
  const std::lock_guard lock(mutex_);
  Place copy = place_of(name);
  return take(copy);
}

void Throttle::give_back(std::string_view name) {
  const std::lock_guard lock(mutex_);
  place_of(name).free_at_ms -= one_ms_;
}

}  // namespace seawall
