#include "seawall/access/rate_limiter.h"

#include <algorithm>
#include <functional>

namespace seawall {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr int kSample = 8;

std::uint32_t seconds_up(std::int64_t ns) {
  return static_cast<std::uint32_t>((std::max<std::int64_t>(ns, 0) + kSecondNs - 1) / kSecondNs);
}

}  // namespace

RateAnswer RateLimiter::take(std::string_view key, const KeyRate& rate, std::uint32_t items) {
  RateAnswer answer;
  if (rate.items == 0 || rate.per_s == 0) return answer;
  const std::int64_t one_ns = std::max<std::int64_t>(rate.per_s * kSecondNs / rate.items, 1);
  const std::int64_t all_ns = one_ns * rate.items;
  answer.never = items > rate.items;
  const std::int64_t cost_ns = answer.never ? all_ns + 1 : one_ns * items;
  const std::int64_t now_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(clock_.now().time_since_epoch()).count();
  const std::uint64_t hash = std::hash<std::string_view>()(key);
  Shard& shard = shards_[hash % kShards];
  const std::lock_guard lock(shard.mutex);
  auto bucket = shard.full_at_ns.find(hash);
  if (bucket == shard.full_at_ns.end()) {
    if (shard.full_at_ns.size() >= kKeysMax / kShards) make_room(shard, now_ns);
    bucket = shard.full_at_ns.emplace(hash, now_ns).first;
  }
  std::int64_t full_at_ns = std::clamp(bucket->second, now_ns, now_ns + all_ns);
  answer.allowed = full_at_ns + cost_ns <= now_ns + all_ns;
  if (answer.allowed) full_at_ns += cost_ns;
  if (!answer.allowed && !answer.never)
    answer.retry_after_s = seconds_up(full_at_ns + cost_ns - now_ns - all_ns);
  bucket->second = full_at_ns;
  answer.remaining = static_cast<std::uint32_t>((now_ns + all_ns - full_at_ns) / one_ns);
  answer.reset_s = seconds_up(full_at_ns - now_ns);
  return answer;
}

/// Lets buckets go that are full, which loses nothing; where the sample has none, the fullest of it.
void RateLimiter::make_room(Shard& shard, std::int64_t now_ns) {
  auto fullest = shard.full_at_ns.begin();
  auto next = fullest;
  for (int i = 0; i < kSample && next != shard.full_at_ns.end(); ++i, ++next) {
    if (next->second < fullest->second) fullest = next;
  }
  if (fullest->second > now_ns) {
    std::erase_if(shard.full_at_ns, [now_ns](const auto& bucket) { return bucket.second <= now_ns; });
    if (shard.full_at_ns.size() < kKeysMax / kShards) return;
  }
  shard.full_at_ns.erase(fullest);
}

std::size_t RateLimiter::keys() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    count += shard.full_at_ns.size();
  }
  return count;
}

}  // namespace seawall
