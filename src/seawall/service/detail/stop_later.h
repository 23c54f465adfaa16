#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace seawall::service_detail {

/// Asks others to stop when `within` has passed before its end.
class StopLater {
 public:
  StopLater(std::stop_source& what, std::chrono::milliseconds within)
      : thread_([this, &what, within](const std::stop_token& ended) {
          std::unique_lock lock(mutex_);
          changed_.wait_for(lock, ended, within, [] { return false; });
          if (!ended.stop_requested()) what.request_stop();
        }) {}

 private:
  std::mutex mutex_;  // For waiting only.
  std::condition_variable_any changed_;
  std::jthread thread_;
};

}  // namespace seawall::service_detail
