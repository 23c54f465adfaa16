#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "seawall/base/clock.h"
#include "seawall/store/access.h"

namespace seawall {

struct RateAnswer {
  bool allowed = false;
  bool never = false;               ///< More at once than the bucket holds: waiting does not help.
  std::uint32_t remaining = 0;      ///< `r` of the header RateLimit: items that could be had now.
  std::uint32_t reset_s = 0;        ///< `t`: until the bucket is full again, rounded up.
  std::uint32_t retry_after_s = 0;  ///< Where not allowed: until these items could be had, rounded up.
};

/// A token bucket for each key: it holds KeyRate::items, and fills by that in KeyRate::per_s.
/// Guarantees: in any span of w seconds a key has at most items * (1 + w / per_s); what is refused costs
/// nothing. When all kKeysMax places are taken by buckets that are not full, the fullest among eight is given
/// away, so that a key could have more than its rate: then there are more keys at work than places.
/// Threads: any. Cost: 32 bytes or so a key; docs/access.md has the time of a call.
/// Source: GCRA, the virtual scheduling algorithm of ITU-T I.371, which keeps one time for each key.
class RateLimiter {
 public:
  static constexpr std::size_t kKeysMax = 64 * 1024;

  /// `clock` must outlive this; a clock that is set back never owes a key more than an empty bucket.
  explicit RateLimiter(const Clock& clock) : clock_(clock) {}

  /// Takes `items` (from 1) from the bucket of `key`, if they are there.
  RateAnswer take(std::string_view key, const KeyRate& rate, std::uint32_t items);
  [[nodiscard]] std::size_t keys() const;

 private:
  static constexpr std::size_t kShards = 16;
  struct alignas(64) Shard {
    mutable std::mutex mutex;                                    ///< Guards full_at_ns.
    std::unordered_map<std::uint64_t, std::int64_t> full_at_ns;  ///< When each bucket will be full.
  };
  static void make_room(Shard& shard, std::int64_t now_ns);

  const Clock& clock_;
  std::array<Shard, kShards> shards_;
};

}  // namespace seawall
