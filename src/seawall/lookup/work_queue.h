#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace seawall {

/// Jobs that block (a decode, a log), run by a fixed number of threads behind a bounded queue.
///
/// Guarantees: a job that is taken on is run once or refused once, in order of arrival, never both. A job is
/// refused at once when the queue is full, or when by the rate of late it would wait longer than `wait_max`;
/// and when it has waited longer all the same. So whatever the load, what is answered was answered soon, and
/// the rest is told to come back. Threads: any. Its end refuses what waits and waits for what runs.
class WorkQueue {
 public:
  using Clock = std::chrono::steady_clock;

  struct Options {
    unsigned threads = 0;                  ///< 0: one a core.
    std::size_t jobs_max = 1'024;          ///< Waiting: not those that a free thread is about to take.
    std::uint64_t bytes_max = 1ULL << 30;  ///< Of jobs that wait or run; one job alone may be larger.
    std::chrono::milliseconds wait_max{1'000};
    std::function<Clock::time_point()> now = [] { return Clock::now(); };
  };
  struct Job {
    std::uint64_t bytes = 0;  ///< That it holds.
    /// Gets how long it waited. Must not throw.
    std::function<void(std::chrono::nanoseconds waited)> run;
    /// Called in place of run() for a job that was taken on. Must not throw or block.
    std::function<void()> refuse;
  };
  struct Stats {
    std::size_t waiting = 0;
    std::size_t running = 0;
    std::uint64_t bytes = 0;
    std::uint64_t done = 0;
    std::uint64_t refused_full = 0;  ///< At once: too many, or too many bytes.
    std::uint64_t refused_slow = 0;  ///< At once, by the rate of late; or after waiting.
  };

  explicit WorkQueue(Options options);
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  /// Takes the job on; false: refused, and neither of its functions will be called.
  [[nodiscard]] bool submit(Job job);
  /// How long somebody who was refused should wait; 1 s and more.
  [[nodiscard]] std::chrono::seconds retry_after() const;
  /// Takes no more jobs on and waits for those there are; false at the deadline, then they go on.
  bool drain(Clock::time_point deadline);
  [[nodiscard]] Stats stats() const;

 private:
  struct Waiting {
    Job job;
    Clock::time_point since;
  };
  void work();
  [[nodiscard]] std::size_t waiting() const;  // With the lock, as the next.
  [[nodiscard]] std::chrono::nanoseconds expected_wait() const;

  const Options options_;
  mutable std::mutex mutex_;  // Guards what follows, up to the threads.
  std::condition_variable changed_;
  std::deque<Waiting> queue_;
  Stats stats_;
  std::chrono::nanoseconds job_takes_{};  // Of late: each job counts an eighth.
  bool draining_ = false;
  bool ending_ = false;
  std::vector<std::jthread> threads_;  // Last: they use all of the above.
};

}  // namespace seawall
