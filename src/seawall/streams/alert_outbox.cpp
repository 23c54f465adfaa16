#include "seawall/streams/alert_outbox.h"

#include <algorithm>

#include "seawall/streams/alert_text.h"

namespace seawall {
namespace {

constexpr std::size_t kAtOnce = 64;
constexpr int kHeldStepsMax = 63;

}  // namespace

AlertOutbox::AlertOutbox(StreamStore& store, Notices& notices, std::function<void(const Error&)> trouble,
                         const Options& options)
    : store_(store), notices_(notices), trouble_(std::move(trouble)), options_(options) {
  if (options_.own_thread) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

AlertOutbox::~AlertOutbox() {
  thread_.request_stop();
  changed_.notify_all();
}

void AlertOutbox::nudge() {
  {
    const std::scoped_lock lock(mutex_);
    nudged_ = true;
  }
  changed_.notify_all();
}

Result<void> AlertOutbox::hand_over(const UnsentAlert& unsent) {
  const StreamAlert& alert = unsent.alert;
  ++tried_;
  auto sent = notices_.send({.id = alert.id,
                             .tenant = alert.tenant,
                             .caller = alert.caller,
                             .key_id = alert.key_id,
                             .webhook = alert.webhook,
                             .body = alert_webhook_body(alert.body, alert.at)});
  if (!sent && sent.error().code != Code::kInvalidInput) return sent;
  ++(sent ? handed_ : refused_);
  return store_.settle(unsent.number);
}

Result<bool> AlertOutbox::hand_over_all(std::string_view caller) {
  for (std::int64_t after = 0;;) {
    SEAWALL_TRY(const auto all, store_.unsent(caller, after, kAtOnce));
    for (const UnsentAlert& unsent : all) {
      after = unsent.number;
      const auto done = hand_over(unsent);
      if (!done && done.error().code == Code::kLimitExceeded) return false;
      SEAWALL_CHECK(done);
    }
    if (all.size() < kAtOnce) return true;
  }
}

Result<void> AlertOutbox::step() {
  for (std::string caller;;) {
    SEAWALL_TRY(auto next, store_.unsent_caller(caller));
    if (!next) return {};
    caller = *std::move(next);
    const auto held = held_.find(caller);
    if (held != held_.end() && held->second.steps_left > 0) {
      --held->second.steps_left;
      continue;
    }
    SEAWALL_TRY(const bool all, hand_over_all(caller));
    if (all) {
      held_.erase(caller);
      continue;
    }
    // What is full for one caller is not for the next.
    Held& longer = held_[caller];
    longer.steps = std::min(2 * longer.steps + 1, kHeldStepsMax);
    longer.steps_left = longer.steps;
  }
}

void AlertOutbox::run(const std::stop_token& stop) {
  bool well = true;
  while (!stop.stop_requested()) {
    const auto done = step();
    if (!done && well) trouble_(done.error());
    well = done.has_value();
    std::unique_lock lock(mutex_);
    if (well) {
      changed_.wait_for(lock, stop, options_.look_every, [this] { return nudged_; });
    } else {
      changed_.wait_for(lock, stop, options_.wait_after_trouble, [] { return false; });
    }
    nudged_ = false;
  }
}

}  // namespace seawall
