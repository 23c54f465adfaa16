#include "seawall/lookup/work_queue.h"

#include <algorithm>
#include <utility>

namespace seawall {
namespace {

WorkQueue::Options completed(WorkQueue::Options options) {
  if (options.threads == 0) options.threads = std::max(1U, std::thread::hardware_concurrency());
  return options;
}

}  // namespace

WorkQueue::WorkQueue(Options options) : options_(completed(std::move(options))) {
  for (unsigned i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkQueue::~WorkQueue() {
  std::deque<Waiting> left;
  {
    const std::scoped_lock lock(mutex_);
    ending_ = draining_ = true;
    left.swap(queue_);
    for (const Waiting& one : left) stats_.bytes -= one.job.bytes;
    changed_.notify_all();
  }
  for (const Waiting& one : left) one.job.refuse();
}

std::size_t WorkQueue::waiting() const {
  // Threads that are free will take as many, whether they have woken up yet or not.
  const std::size_t free = options_.threads - stats_.running;
  return queue_.size() - std::min(queue_.size(), free);
}

std::chrono::nanoseconds WorkQueue::expected_wait() const {
  const std::size_t busy = stats_.running + queue_.size() - waiting();
  if (busy < options_.threads) return {};
  // Whoever runs now is, on average, half done.
  const auto ahead = 2 * waiting() + busy;
  return job_takes_ * static_cast<std::int64_t>(ahead) / (2 * static_cast<std::int64_t>(options_.threads));
}

bool WorkQueue::submit(Job job) {
  const std::scoped_lock lock(mutex_);
  const bool full = waiting() >= options_.jobs_max && stats_.running + queue_.size() >= options_.threads;
  const bool too_large = stats_.bytes != 0 && stats_.bytes + job.bytes > options_.bytes_max;
  if (draining_ || full || too_large) {
    ++stats_.refused_full;
    return false;
  }
  if (expected_wait() > options_.wait_max) {
    ++stats_.refused_slow;
    return false;
  }
  stats_.bytes += job.bytes;
  queue_.push_back({std::move(job), options_.now()});
  changed_.notify_all();
  return true;
}

void WorkQueue::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return ending_ || !queue_.empty(); });
    if (ending_) return;
    const Waiting next = std::move(queue_.front());
    queue_.pop_front();
    const auto begun = options_.now();
    const bool late = begun - next.since > options_.wait_max;
    if (late) ++stats_.refused_slow;
    ++stats_.running;
    lock.unlock();
    if (late) {
      next.job.refuse();
    } else {
      next.job.run(begun - next.since);
    }
    const auto took = options_.now() - begun;
    lock.lock();
    --stats_.running;
    stats_.bytes -= next.job.bytes;
    if (!late) {
      ++stats_.done;
      job_takes_ = stats_.done == 1 ? took : job_takes_ + (took - job_takes_) / 8;
    }
    changed_.notify_all();
  }
}

std::chrono::seconds WorkQueue::retry_after() const {
  const std::scoped_lock lock(mutex_);
  return std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(expected_wait()));
}

bool WorkQueue::drain(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  draining_ = true;
  return changed_.wait_until(lock, deadline, [&] { return queue_.empty() && stats_.running == 0; });
}

WorkQueue::Stats WorkQueue::stats() const {
  const std::scoped_lock lock(mutex_);
  Stats stats = stats_;
  stats.waiting = waiting();
  return stats;
}

}  // namespace seawall
