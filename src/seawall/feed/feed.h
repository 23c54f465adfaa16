#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/model/feed_item.h"

namespace seawall {

/// Port: the changes of the lists, in order, for those who follow them.
/// Guarantees: items come by ascending version with no gap, each once in one read. The same `after` may be
/// asked again at any time and gives the same items, so a follower needs no memory in the feed but the
/// version it stands at. No transaction, group or offset of the carrier shows: an adapter over a log that
/// delivers twice or out of order (Kafka after a retry) drops and sorts by version.
/// Threads: any.
class Feed {
 public:
  static constexpr std::size_t kReadMax = 10'000;

  virtual ~Feed() = default;
  /// Items after version `after`, at most `limit` (1..kReadMax). Empty: there are none yet.
  /// Errors: kUnavailable, kCorrupt; kNotFound when the feed no longer keeps what comes after `after`.
  virtual Result<std::vector<FeedItem>> read(std::uint64_t after, std::size_t limit) = 0;
  /// Up to which version there may be items now: those after it are not to be seen yet, though the store may
  /// hold what they changed. None: all may be seen. Errors: kUnavailable.
  virtual Result<std::optional<std::uint64_t>> shown() { return std::nullopt; }
  /// True as soon as there is an item after `after`. At the deadline: whether there is one that is not to be
  /// seen yet; false: there is none at all. Blocks.
  virtual Result<bool> wait(std::uint64_t after, std::chrono::milliseconds deadline) = 0;
};

}  // namespace seawall
