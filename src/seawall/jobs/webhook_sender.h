#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "seawall/base/bounded_queue.h"
#include "seawall/jobs/sending_lanes.h"
#include "seawall/jobs/webhook_delivery.h"

namespace seawall {

/// Sends the webhooks that are due, on threads of its own.
///
/// Guarantees: what is due lies in the records and is taken from there when a thread is free for it: in
/// memory there is at most one webhook a thread (an answer of up to 8 MiB each). One that was taken and not
/// settled is due again after `lease`, whatever happened to the process. Several processes may send from one
/// store: each webhook is taken by one of them. Receivers that hang do not hold up others (SendingLanes).
/// Threads: any; its end stops what is being sent, and waits for it (a moment; the records' own deadlines).
/// Lifetime: borrows all parts.
class WebhookSender {
 public:
  struct Options {
    SendingLanes::Options lanes = {};
    WebhookDelivery::Options delivery = {};
    std::chrono::milliseconds lease{std::chrono::minutes(1)};  ///< Longer than the delivery's deadline.
    std::chrono::milliseconds look_every{std::chrono::seconds(1)};
  };
  struct Stats {
    std::uint64_t delivered = 0;
    std::uint64_t refused = 0;   ///< Answers that are not 2xx.
    std::uint64_t silent = 0;    ///< No answer.
    std::uint64_t held = 0;      ///< Without being sent: no secret, no address.
    std::uint64_t unknown = 0;   ///< The records did not answer, or it was stopped.
    std::uint64_t troubles = 0;  ///< Times that the records could not be asked what is due.
    std::size_t sending = 0;     ///< Now.
  };

  WebhookSender(WebhookDelivery::Parts parts, const Options& options);
  ~WebhookSender();
  WebhookSender(const WebhookSender&) = delete;
  WebhookSender& operator=(const WebhookSender&) = delete;

  /// Something may be due: it is looked for now rather than at the next look_every.
  void nudge();
  [[nodiscard]] Stats stats() const;

 private:
  struct Sending {
    LookupJob job;
    SendingLanes::Lane lane;
  };
  void deal(const std::stop_token& stop);
  void work(const std::stop_token& stop);
  /// Takes what is due for the threads that are free. True: there may be more.
  Result<bool> take_due();
  std::vector<std::pair<std::string, SendingLanes::Lane>> choose(const std::vector<DueWebhook>& due);
  Result<void> start(const std::vector<std::pair<std::string, SendingLanes::Lane>>& chosen, Time now);
  void give_back(const SendingLanes::Lane& lane, std::optional<WebhookDelivery::End> end);

  const WebhookDelivery::Parts parts_;
  const Options options_;
  const WebhookDelivery delivery_;
  mutable std::mutex mutex_;  // Guards what follows, up to the queue.
  std::condition_variable_any changed_;
  SendingLanes lanes_;
  bool nudged_ = true;
  Stats stats_;
  BoundedQueue<Sending> queue_;
  std::vector<std::jthread> threads_;  // Last: they use all of the above.
};

}  // namespace seawall
