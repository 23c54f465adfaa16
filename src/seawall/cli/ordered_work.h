#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace seawall::cli {

/// Does work on many threads and hands the results back in the order of the tasks, holding at most
/// `window` tasks and results at once.
/// Threads: `produce` and `emit` run on the caller's thread, `work` on the workers', with the worker's
/// number. Lifetime: everything is joined when run() returns.
template <class Task, class Answer>
class OrderedWork {
 public:
  OrderedWork(std::size_t workers, std::size_t window) : workers_(workers), window_(window) {}

  /// `produce()` gives the next task or nothing at the end; `work(worker, task)` an Answer;
  /// `emit(answer)` whether to go on. Blocks until all is emitted or emit said no.
  template <class Produce, class Work, class Emit>
  void run(Produce produce, Work work, Emit emit) {
    std::vector<std::jthread> threads;
    threads.reserve(workers_);
    for (std::size_t i = 0; i < workers_; ++i) threads.emplace_back([this, i, &work] { serve(i, work); });
    bool more = true;
    bool go_on = true;
    std::deque<std::shared_ptr<Slot>> in_flight;
    while (go_on && (more || !in_flight.empty())) {
      while (more && in_flight.size() < window_) {
        std::optional<Task> task = produce();
        more = task.has_value();
        if (more) in_flight.push_back(submit(std::move(*task)));
      }
      if (in_flight.empty()) break;
      go_on = emit(wait_for(*in_flight.front()));
      in_flight.pop_front();
    }
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiting_.clear();
    changed_.notify_all();
  }

 private:
  struct Slot {
    explicit Slot(Task given) : task(std::move(given)) {}
    Task task;
    std::optional<Answer> answer;  // Guarded by mutex_.
  };

  std::shared_ptr<Slot> submit(Task task) {
    auto slot = std::make_shared<Slot>(std::move(task));
    const std::lock_guard lock(mutex_);
    waiting_.push_back(slot);
    changed_.notify_all();
    return slot;
  }

  Answer wait_for(Slot& slot) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return slot.answer.has_value(); });
    return *std::move(slot.answer);
  }

  template <class Work>
  void serve(std::size_t worker, Work& work) {
    for (;;) {
      std::shared_ptr<Slot> slot;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        slot = std::move(waiting_.front());
        waiting_.pop_front();
      }
      Answer answer = work(worker, slot->task);
      const std::lock_guard lock(mutex_);
      slot->answer.emplace(std::move(answer));
      changed_.notify_all();
    }
  }

  std::size_t workers_;
  std::size_t window_;
  std::mutex mutex_;  // Guards waiting_, closed_ and the answers.
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Slot>> waiting_;
  bool closed_ = false;
};

/// `asked` workers, or one a core.
[[nodiscard]] inline std::size_t workers_of(std::optional<std::int64_t> asked) {
  if (asked && *asked > 0) return static_cast<std::size_t>(*asked);
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace seawall::cli
