#include "seawall/streams/alert_outbox.h"

#include "seawall/streams/alert_text.h"

namespace seawall {
namespace {

constexpr std::size_t kAtOnce = 64;

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

Result<void> AlertOutbox::step() {
  Result<void> first;
  for (std::int64_t after = 0;;) {
    SEAWALL_TRY(const auto all, store_.unsent(after, kAtOnce));
    for (const UnsentAlert& unsent : all) {
      after = unsent.number;
      auto done = hand_over(unsent);
      // What is full for one caller is not for the next; what does not answer, does not.
      if (!done && first) first = done;
      if (!done && done.error().code != Code::kLimitExceeded) return first;
    }
    if (all.size() < kAtOnce) return first;
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
