#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/subscription/followed_list.h"

namespace seawall {

/// Runs subscriptions side by side when their time has come, each in a thread of its own for as long as it
/// runs. A remote that takes hours keeps no other waiting, up to `at_once` of them.
/// Threads: one calls it; the jobs run in others. Destruction stops what runs and waits for it.
class SubscriptionRunner {
 public:
  using Job = std::function<FollowOutcome(const std::stop_token& stop)>;
  struct Ended {
    std::string name;
    FollowOutcome outcome;
  };
  struct Options {
    std::size_t at_once = 4;  ///< 1 and more.
    bool once = false;        ///< Each runs once at most.
  };

  SubscriptionRunner(const Clock& clock, Options options) : clock_(clock), options_(options) {}
  SubscriptionRunner(const SubscriptionRunner&) = delete;
  SubscriptionRunner& operator=(const SubscriptionRunner&) = delete;
  ~SubscriptionRunner();

  /// `due`: when it first runs. Afterwards its outcome says when. Before the first step().
  void add(std::string name, Time due, Job job);

  /// Starts those that are due, the longest waiting first, then waits up to `most` for one to end. Gives
  /// those that ended, in the order of add().
  std::vector<Ended> step(std::chrono::milliseconds most);

  /// Nothing more is started; what runs is told to end at its next safe point.
  void request_stop() { stop_.request_stop(); }
  [[nodiscard]] std::size_t running() const;
  /// Nothing runs, and nothing that waits is due.
  [[nodiscard]] bool idle() const;
  /// When the next one is due; none: none waits.
  [[nodiscard]] std::optional<Time> next_at() const;

 private:
  struct Task {
    std::string name;
    Time due{};
    Job job;
    bool over = false;  ///< `once`: it has run.
    bool running = false;
    std::optional<FollowOutcome> outcome;  ///< Guarded by mutex_ while it runs.
    std::thread thread;
  };
  void start_due();
  void start(Task& task);

  const Clock& clock_;
  Options options_;
  std::stop_source stop_;
  std::list<Task> tasks_;
  std::mutex mutex_;  // Of Task::outcome.
  std::condition_variable ended_;
};

}  // namespace seawall
