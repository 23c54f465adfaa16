#include "seawall/subscription/runner.h"

#include <algorithm>

namespace seawall {

SubscriptionRunner::~SubscriptionRunner() {
  request_stop();
  for (Task& task : tasks_) {
    if (task.thread.joinable()) task.thread.join();
  }
}

void SubscriptionRunner::add(std::string name, Time due, Job job) {
  Task& task = tasks_.emplace_back();
  task.name = std::move(name);
  task.due = due;
  task.job = std::move(job);
}

void SubscriptionRunner::start(Task& task) {
  task.running = true;
  task.thread = std::thread([this, &task] {
    FollowOutcome outcome = task.job(stop_.get_token());
    const std::lock_guard lock(mutex_);
    task.outcome.emplace(std::move(outcome));
    ended_.notify_all();
  });
}

void SubscriptionRunner::start_due() {
  if (stop_.stop_requested()) return;
  const Time now = clock_.now();
  std::vector<Task*> due;
  for (Task& task : tasks_) {
    if (!task.running && !task.over && task.due <= now) due.push_back(&task);
  }
  std::ranges::stable_sort(due, {}, &Task::due);
  for (Task* task : due) {
    if (running() >= options_.at_once) return;
    start(*task);
  }
}

std::vector<SubscriptionRunner::Ended> SubscriptionRunner::step(std::chrono::milliseconds most) {
  start_due();
  const auto has_ended = [](const Task& task) { return task.running && task.outcome; };
  std::vector<Task*> done;
  {
    std::unique_lock lock(mutex_);
    ended_.wait_for(lock, most, [&] { return std::ranges::any_of(tasks_, has_ended); });
    for (Task& task : tasks_) {
      if (has_ended(task)) done.push_back(&task);
    }
  }
  std::vector<Ended> out;
  for (Task* task : done) {
    task->thread.join();
    task->due = task->outcome->health.next_at;
    task->over = options_.once;
    task->running = false;
    out.push_back({task->name, *std::move(task->outcome)});
    task->outcome.reset();
  }
  return out;
}

std::size_t SubscriptionRunner::running() const {
  return static_cast<std::size_t>(std::ranges::count_if(tasks_, &Task::running));
}

bool SubscriptionRunner::idle() const {
  const Time now = clock_.now();
  return std::ranges::none_of(
      tasks_, [now](const Task& task) { return task.running || (!task.over && task.due <= now); });
}

std::optional<Time> SubscriptionRunner::next_at() const {
  std::optional<Time> next;
  for (const Task& task : tasks_) {
    if (!task.running && !task.over) next = next ? std::min(*next, task.due) : task.due;
  }
  return next;
}

}  // namespace seawall
