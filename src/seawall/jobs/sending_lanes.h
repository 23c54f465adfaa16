#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace seawall {

/// Deals a few sending threads out to many receivers, so that those that hang do not hold up those that do
/// not.
///
/// Guarantees: at most `host_max` go to one host at once and `owner_max` are of one caller; those to a host,
/// or of a caller, whose last one got no answer ("slow") take at most half of the threads together. So once
/// they are known as slow, half of the threads serve the others. Threads: one at a time. Memory: kSlowMax
/// hosts and callers are remembered as slow; the one that has been so for longest is forgotten first.
class SendingLanes {
 public:
  static constexpr std::size_t kSlowMax = 4'096;

  struct Options {
    std::size_t threads = 16;  ///< 2 or more.
    std::size_t host_max = 4;
    std::size_t owner_max = 8;
  };
  /// A thread that sends, for whom: keyed digests, as in LookupJob.
  struct Lane {
    std::int64_t host = 0;
    std::int64_t owner = 0;
    bool slow = false;
  };

  explicit SendingLanes(const Options& options) : options_(options) {}

  /// A thread for it, if it may have one.
  [[nodiscard]] std::optional<Lane> enter(std::int64_t host, std::int64_t owner);
  /// Gives it back. `answered`: whether an HTTP answer came, whatever it was; none: nothing was tried.
  void leave(const Lane& lane, std::optional<bool> answered);

  [[nodiscard]] std::size_t free() const { return options_.threads - used_; }
  /// Those that enter() refuses now: an answer for both sides together.
  [[nodiscard]] std::vector<std::int64_t> blocked_hosts() const;
  [[nodiscard]] std::vector<std::int64_t> blocked_owners() const;

 private:
  /// Hosts, or callers.
  struct Side {
    std::unordered_map<std::int64_t, std::size_t> used;
    std::unordered_set<std::int64_t> slow;
    std::deque<std::int64_t> slow_since;  ///< Oldest first; some are slow no longer.

    [[nodiscard]] bool full(std::int64_t who, std::size_t most) const;
    void leave(std::int64_t who, std::optional<bool> answered);
    [[nodiscard]] std::vector<std::int64_t> blocked(std::size_t most, bool slow_too) const;
  };
  [[nodiscard]] bool slow_is_full() const { return slow_used_ >= options_.threads / 2; }

  const Options options_;
  Side hosts_;
  Side owners_;
  std::size_t used_ = 0;
  std::size_t slow_used_ = 0;
};

}  // namespace seawall
