#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// Work that comes back every so often, one after the other on one thread. What fails is told, and tried
/// again the next time. Its end waits for the chore that runs. Threads: add() before start().
class Chores {
 public:
  using Steady = std::chrono::steady_clock;
  /// `problem`: told of what failed, by the chore's name.
  explicit Chores(std::function<void(const std::string&, const Error&)> problem)
      : problem_(std::move(problem)) {}
  ~Chores() { stop(); }

  /// First after `every`, then again `every` after its end.
  void add(std::string name, std::chrono::milliseconds every, std::function<Result<void>()> work);
  void start();
  void stop();

 private:
  struct Chore {
    std::string name;
    std::chrono::milliseconds every;
    std::function<Result<void>()> work;
    Steady::time_point due;
  };
  void work(const std::stop_token& stop);

  std::function<void(const std::string&, const Error&)> problem_;
  std::vector<Chore> chores_;
  std::mutex mutex_;  // For waiting only.
  std::condition_variable_any changed_;
  std::jthread thread_;
};

}  // namespace seawall
