#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "seawall/jobs/notices.h"
#include "seawall/streams/stream_store.h"

namespace seawall {

/// Hands alerts that are to be sent to the webhooks' records, once they are durable themselves: so an alert
/// that is kept is told, whatever becomes of this process, and none is told that is not kept.
///
/// An alert is handed over once: its id is the notice's. Where the records do not answer it stays and is
/// tried again; where a caller has too many webhooks that wait, so do that caller's, one of them is tried
/// with one step, then every second, fourth, ... up to the 64th. Threads: any; one of its own. Lifetime:
/// borrows all.
class AlertOutbox {
 public:
  struct Options {
    std::chrono::milliseconds look_every{std::chrono::seconds(1)};
    std::chrono::milliseconds wait_after_trouble{std::chrono::seconds(5)};
    bool own_thread = true;  ///< False: somebody calls step().
  };
  /// `trouble`: told of what goes wrong, once until it is over.
  AlertOutbox(StreamStore& store, Notices& notices, std::function<void(const Error&)> trouble,
              const Options& options);
  ~AlertOutbox();
  AlertOutbox(const AlertOutbox&) = delete;
  AlertOutbox& operator=(const AlertOutbox&) = delete;

  /// There may be something to send. Never blocks.
  void nudge();
  /// Hands over what there is. Errors: what does not answer; then some were not tried. One thread.
  Result<void> step();
  [[nodiscard]] std::uint64_t handed() const { return handed_; }
  [[nodiscard]] std::uint64_t tried() const { return tried_; }
  /// Alerts whose webhook can never be sent: its address or key does not do any more.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  /// A caller that has too many webhooks that wait.
  struct Held {
    int steps = 0;  // That pass it by,
    int steps_left = 0;
  };
  void run(const std::stop_token& stop);
  Result<void> hand_over(const UnsentAlert& unsent);
  /// False: the caller has too many webhooks that wait.
  Result<bool> hand_over_all(std::string_view caller);

  StreamStore& store_;
  Notices& notices_;
  const std::function<void(const Error&)> trouble_;
  const Options options_;
  std::atomic<std::uint64_t> tried_{0};
  std::atomic<std::uint64_t> handed_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::map<std::string, Held, std::less<>> held_;  // Of step().
  std::mutex mutex_;                               // Guards nudged_.
  std::condition_variable_any changed_;
  bool nudged_ = true;
  std::jthread thread_;  // Last: it uses all of the above.
};

}  // namespace seawall
