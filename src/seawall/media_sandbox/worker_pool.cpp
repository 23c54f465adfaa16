#include "seawall/media_sandbox/detail/worker_pool.h"

#include <algorithm>
#include <csignal>

namespace seawall::media_sandbox {
namespace {

constexpr std::chrono::milliseconds kFirstPause{10};
constexpr std::chrono::milliseconds kLongestPause{5000};
/// Failures in a row after which it is no accident.
constexpr int kStartsTried = 3;

std::chrono::milliseconds pause_after(int failures) {
  return std::min(kLongestPause, kFirstPause * (1 << std::min(failures - 1, 10)));
}

}  // namespace

WorkerPool::WorkerPool(Options options) : options_(std::move(options)) {
  // The thread inherits this mask: signals meant for the program are handled on its own threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  starter_ = std::thread([this] { start_workers(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  start_wanted_.notify_all();
  starter_.join();
}

WorkerPool::Lease::~Lease() {
  if (!worker_) return;
  worker_.reset();
  pool_->forget_one();
}

void WorkerPool::Lease::return_healthy() {
  if (jobs_ + 1 < pool_->options_.jobs_per_worker_max) pool_->give_back(std::move(worker_), jobs_ + 1);
}

Result<WorkerPool::Lease> WorkerPool::take() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(options_.wait_ms_max);
  // Every idle worker may have been killed, and a few that were started in their place.
  for (int dead = 0; dead < options_.workers_max + kStartsTried; ++dead) {
    SEAWALL_TRY(Lease lease, take_idle(deadline));
    if (!lease->has_hung_up()) return lease;
  }
  return fail(Code::kUnavailable, "decoder processes end as soon as they have started");
}

Result<WorkerPool::Lease> WorkerPool::take_idle(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  ++waiting_;
  if (idle_.empty()) start_wanted_.notify_one();
  const auto ready = [this] {
    return !idle_.empty() || (alive_ == 0 && start_error_.has_value() && failed_starts_ >= kStartsTried);
  };
  const bool in_time = worker_free_.wait_until(lock, deadline, ready);
  --waiting_;
  if (!in_time) {
    return fail(Code::kUnavailable,
                "no decoder process got free in " + std::to_string(options_.wait_ms_max) + " ms");
  }
  if (idle_.empty()) return fail(start_error_->code, start_error_->message);
  Idle next = std::move(idle_.front());
  idle_.pop_front();
  return Lease(*this, std::move(next.worker), next.jobs);
}

bool WorkerPool::should_start() const {
  return alive_ < options_.workers_max && waiting_ > static_cast<int>(idle_.size()) + starting_;
}

void WorkerPool::start_workers() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    start_wanted_.wait(lock, [this] { return stopping_ || should_start(); });
    if (stopping_) return;
    if (failed_starts_ > 0 && start_wanted_.wait_until(lock, next_start_, [this] { return stopping_; })) {
      return;
    }
    if (!should_start()) continue;
    ++alive_;
    ++starting_;
    start_error_.reset();
    lock.unlock();
    auto worker = WorkerProcess::start(options_.recipe);
    lock.lock();
    --starting_;
    if (worker) {
      failed_starts_ = 0;
      idle_.push_back({*std::move(worker), 0});
      worker_free_.notify_one();
    } else {
      --alive_;
      start_error_ = std::move(worker).error();
      next_start_ = std::chrono::steady_clock::now() + pause_after(++failed_starts_);
      worker_free_.notify_all();
    }
  }
}

int WorkerPool::alive() const {
  const std::lock_guard lock(mutex_);
  return alive_;
}

void WorkerPool::give_back(std::unique_ptr<WorkerProcess> worker, int jobs) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back({std::move(worker), jobs});
  }
  worker_free_.notify_one();
}

void WorkerPool::forget_one() {
  {
    const std::lock_guard lock(mutex_);
    --alive_;
  }
  start_wanted_.notify_one();
  worker_free_.notify_all();
}

}  // namespace seawall::media_sandbox
