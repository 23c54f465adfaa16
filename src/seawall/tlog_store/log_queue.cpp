#include "seawall/tlog_store/log_queue.h"

#include <algorithm>
#include <optional>

#include "seawall/tlog/bundle.h"

namespace seawall::tlog {

// One entry and what became of it. Shared, since its owner may leave while it is at the disk.
struct LogQueue::Waiting {
  std::string entry;
  std::optional<Result<std::uint64_t>> outcome;
};

Result<std::uint64_t> LogQueue::append(std::string entry, std::chrono::milliseconds timeout) {
  if (entry.size() > kEntryBytesMax) return fail(Code::kLimitExceeded, "an entry has more than 65,535 bytes");
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  const auto mine = std::make_shared<Waiting>(Waiting{std::move(entry), std::nullopt});
  std::unique_lock lock(mutex_);
  if (waiting_.size() >= kWaitingMax) return fail(Code::kUnavailable, "too many entries wait for the log");
  waiting_.push_back(mine);
  return wait(lock, mine, deadline);
}

Result<std::uint64_t> LogQueue::wait(std::unique_lock<std::mutex>& lock, const std::shared_ptr<Waiting>& mine,
                                     std::chrono::steady_clock::time_point deadline) {
  while (!mine->outcome) {
    if (!is_led_) {
      lead(lock);
    } else if (changed_.wait_until(lock, deadline) == std::cv_status::timeout && !mine->outcome) {
      return give_up(mine);
    }
  }
  return *mine->outcome;
}

Result<std::uint64_t> LogQueue::give_up(const std::shared_ptr<Waiting>& mine) {
  const auto place = std::find(waiting_.begin(), waiting_.end(), mine);
  if (place == waiting_.end()) return fail(Code::kUnavailable, "the log's disk was not done in time");
  waiting_.erase(place);
  return fail(Code::kUnavailable, "no turn in time at the log");
}

std::size_t LogQueue::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size();
}

LogQueue::Batch LogQueue::take_batch() {
  Batch batch;
  std::size_t bytes = 0;
  while (!waiting_.empty() && batch.size() < kBatchEntriesMax) {
    bytes += waiting_.front()->entry.size();
    if (bytes > kBatchBytesMax) break;
    batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return batch;
}

void LogQueue::lead(std::unique_lock<std::mutex>& lock) {
  is_led_ = true;
  const Batch batch = take_batch();
  lock.unlock();
  std::vector<std::string_view> entries;
  for (const auto& one : batch) entries.push_back(one->entry);
  const auto first = log_.append(entries);
  lock.lock();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    batch[i]->outcome = first ? Result<std::uint64_t>(*first + i) : first;
  }
  is_led_ = false;
  changed_.notify_all();
}

}  // namespace seawall::tlog
