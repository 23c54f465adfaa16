#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "seawall/media_sandbox/detail/worker_process.h"

namespace seawall::media_sandbox {

/// Up to `workers_max` standing workers, started when somebody waits for one.
/// Guarantees: a worker is used by one caller at a time, and runs when it is lent: one that was killed while
/// it was idle is passed over. A start that fails is retried no sooner than after 10 ms, then twice that, up
/// to 5 s; after the third failure callers who find no worker alive are told why at once.
/// Threads: any. One thread of its own starts the workers, because the system ends a worker with the thread
/// that started it. Lifetime: all workers must be back before the pool goes.
class WorkerPool {
 public:
  struct Options {
    WorkerRecipe recipe;
    int workers_max = 1;
    int wait_ms_max = 120'000;  ///< Longest wait for a free worker.
    int jobs_per_worker_max = 2000;
  };

  explicit WorkerPool(Options options);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();

  /// A worker lent to one caller. Goes back when return_healthy() was called, else its process is ended.
  class Lease {
   public:
    Lease(WorkerPool& pool, std::unique_ptr<WorkerProcess> worker, int jobs)
        : pool_(&pool), worker_(std::move(worker)), jobs_(jobs) {}
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), worker_(std::move(other.worker_)), jobs_(other.jobs_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    WorkerProcess* operator->() const { return worker_.get(); }
    void return_healthy();

   private:
    WorkerPool* pool_;
    std::unique_ptr<WorkerProcess> worker_;
    int jobs_;
  };

  /// Blocks until a worker is free. kUnavailable when none can be started, none stays alive, or none got free
  /// in time.
  Result<Lease> take();
  /// Workers that live or are being started.
  [[nodiscard]] int alive() const;

 private:
  struct Idle {
    std::unique_ptr<WorkerProcess> worker;
    int jobs = 0;
  };

  Result<Lease> take_idle(std::chrono::steady_clock::time_point deadline);
  void start_workers();
  [[nodiscard]] bool should_start() const;
  void give_back(std::unique_ptr<WorkerProcess> worker, int jobs);
  void forget_one();

  const Options options_;
  mutable std::mutex mutex_;  ///< Guards all below.
  std::condition_variable worker_free_;
  std::condition_variable start_wanted_;
  std::deque<Idle> idle_;  ///< Oldest first, so that a worker has time to wipe its memory.
  int alive_ = 0;          ///< Idle, lent or starting.
  int starting_ = 0;
  int waiting_ = 0;
  int failed_starts_ = 0;
  std::optional<Error> start_error_;  ///< Of the last start, if that failed.
  std::chrono::steady_clock::time_point next_start_;
  bool stopping_ = false;
  std::thread starter_;
};

}  // namespace seawall::media_sandbox
