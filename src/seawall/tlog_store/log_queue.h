#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "seawall/tlog_store/log_store.h"

namespace seawall::tlog {

/// Lets many threads append single entries to one log at the rate of its batches: whoever finds nobody at the
/// disk takes along everything that has gathered since the last batch. No thread and no clock of its own; an
/// entry waits for at most the batch before it and its own. Guarantees: an index is given once its entry is
/// durable, as LogStore::append() says; entries stand in the order in which they were handed in. Threads:
/// any. Lifetime: the log outlives it.
class LogQueue {
 public:
  /// The most entries that wait; kBatchEntriesMax of them and kBatchBytesMax go at once.
  static constexpr std::size_t kWaitingMax = 16'384;

  explicit LogQueue(LogStore& log) : log_(log) {}

  /// The index of `entry`, once it is durable. Errors: kLimitExceeded (longer than kEntryBytesMax) and
  /// kUnavailable with "too many entries wait" or "no turn in time": it is not in the log and will not be;
  /// kUnavailable else (the disk failed, or was not done in time): it may be in the log.
  Result<std::uint64_t> append(std::string entry, std::chrono::milliseconds timeout);

  /// How many entries wait for a turn.
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Waiting;
  using Batch = std::vector<std::shared_ptr<Waiting>>;
  Result<std::uint64_t> wait(std::unique_lock<std::mutex>& lock, const std::shared_ptr<Waiting>& mine,
                             std::chrono::steady_clock::time_point deadline);
  Result<std::uint64_t> give_up(const std::shared_ptr<Waiting>& mine);
  void lead(std::unique_lock<std::mutex>& lock);
  Batch take_batch();

  LogStore& log_;
  mutable std::mutex mutex_;  // Guards the rest.
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Waiting>> waiting_;
  bool is_led_ = false;  ///< Somebody is at the disk.
};

}  // namespace seawall::tlog
