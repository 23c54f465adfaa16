#include "seawall/service/chores.h"

#include <algorithm>

namespace seawall {

void Chores::add(std::string name, std::chrono::milliseconds every, std::function<Result<void>()> work) {
  chores_.push_back({std::move(name), every, std::move(work), {}});
}

void Chores::start() {
  for (Chore& chore : chores_) chore.due = Steady::now() + chore.every;
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void Chores::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Chores::work(const std::stop_token& stop) {
  while (!stop.stop_requested() && !chores_.empty()) {
    const auto next = std::ranges::min_element(chores_, {}, &Chore::due);
    {
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, stop, next->due, [] { return false; });
    }
    if (stop.stop_requested()) return;
    if (const auto done = next->work(); !done) problem_(next->name, done.error());
    next->due = Steady::now() + next->every;
  }
}

}  // namespace seawall
