#include "seawall/access/key_watch.h"

#include <utility>

namespace seawall {

KeyWatch::KeyWatch(KeyGate& gate, std::chrono::milliseconds every, Trouble trouble)
    : gate_(gate),
      every_(every),
      trouble_(std::move(trouble)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

void KeyWatch::work(const std::stop_token& stop) {
  std::optional<Error> before;
  while (!stop.stop_requested()) {
    const auto next = std::chrono::steady_clock::now() + every_;
    const auto done = gate_.refresh();
    const std::optional<Error> now = done ? std::nullopt : std::optional(done.error());
    const bool news = now.has_value() != before.has_value() ||
                      (now && (now->code != before->code || now->message != before->message));
    if (news && !stop.stop_requested()) trouble_(now);
    before = now;
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, next, [] { return false; });
  }
}

}  // namespace seawall
