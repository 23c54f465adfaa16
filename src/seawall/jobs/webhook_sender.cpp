#include "seawall/jobs/webhook_sender.h"

#include <algorithm>
#include <utility>

namespace seawall {
namespace {

constexpr std::size_t kLookedAt = 256;  // Due webhooks that are looked through at a time.
constexpr int kLooksMax = 8;            // Until the next turn.

}  // namespace

WebhookSender::WebhookSender(WebhookDelivery::Parts parts, const Options& options)
    : parts_(std::move(parts)),
      options_(options),
      delivery_(parts_, options.delivery),
      lanes_(options.lanes),
      queue_(options.lanes.threads) {
  threads_.emplace_back([this](const std::stop_token& stop) { deal(stop); });
  for (std::size_t i = 0; i < options_.lanes.threads; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

WebhookSender::~WebhookSender() {
  for (std::jthread& thread : threads_) thread.request_stop();
  queue_.close();
}

void WebhookSender::nudge() {
  const std::scoped_lock lock(mutex_);
  nudged_ = true;
  changed_.notify_all();
}

WebhookSender::Stats WebhookSender::stats() const {
  const std::scoped_lock lock(mutex_);
  Stats stats = stats_;
  stats.sending = options_.lanes.threads - lanes_.free();
  return stats;
}

void WebhookSender::deal(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      const std::scoped_lock lock(mutex_);
      nudged_ = false;
    }
    const auto more = take_due();
    std::unique_lock lock(mutex_);
    if (!more) ++stats_.troubles;
    if (more && *more) continue;
    changed_.wait_for(lock, stop, options_.look_every, [this] { return nudged_; });
  }
}

Result<bool> WebhookSender::take_due() {
  const Time now = parts_.clock.now();
  for (int look = 0; look < kLooksMax; ++look) {
    std::vector<std::int64_t> hosts;
    std::vector<std::int64_t> owners;
    {
      const std::scoped_lock lock(mutex_);
      if (lanes_.free() == 0) return false;
      hosts = lanes_.blocked_hosts();
      owners = lanes_.blocked_owners();
    }
    SEAWALL_TRY(const auto due, parts_.records.due_webhooks(now, hosts, owners, kLookedAt));
    const auto chosen = choose(due);
    SEAWALL_CHECK(start(chosen, now));
    // Who was refused a lane is named among the blocked next time, so others behind it are found.
    if (due.size() < kLookedAt && chosen.size() == due.size()) return false;
    if (chosen.empty()) return false;
  }
  return true;
}

std::vector<std::pair<std::string, SendingLanes::Lane>> WebhookSender::choose(
    const std::vector<DueWebhook>& due) {
  std::vector<std::pair<std::string, SendingLanes::Lane>> chosen;
  const std::scoped_lock lock(mutex_);
  for (const DueWebhook& one : due) {
    if (const auto lane = lanes_.enter(one.host, one.owner)) chosen.emplace_back(one.id, *lane);
  }
  return chosen;
}

Result<void> WebhookSender::start(const std::vector<std::pair<std::string, SendingLanes::Lane>>& chosen,
                                  Time now) {
  if (chosen.empty()) return {};
  std::vector<std::string> ids;
  for (const auto& [id, lane] : chosen) ids.push_back(id);
  auto taken = parts_.records.take_webhooks(ids, now, now + options_.lease);
  for (const auto& [id, lane] : chosen) {
    const auto is_it = [&id](const LookupJob& job) { return job.id == id; };
    const auto found = taken ? std::ranges::find_if(*taken, is_it) : std::vector<LookupJob>::iterator();
    // There is room: at most one a thread is ever under way.
    const bool started = taken && found != taken->end() && queue_.push({std::move(*found), lane});
    if (!started) give_back(lane, std::nullopt);
  }
  if (!taken) return tl::unexpected(std::move(taken).error());
  return {};
}

void WebhookSender::work(const std::stop_token& stop) {
  SystemRandom random;
  while (auto sending = queue_.pop()) {
    if (stop.stop_requested()) return;
    give_back(sending->lane, delivery_.send(sending->job, random, stop));
  }
}

void WebhookSender::give_back(const SendingLanes::Lane& lane, std::optional<WebhookDelivery::End> end) {
  using End = WebhookDelivery::End;
  const std::scoped_lock lock(mutex_);
  std::optional<bool> answered;
  if (end == End::kDelivered || end == End::kRefused) answered = true;
  if (end == End::kSilent) answered = false;
  lanes_.leave(lane, answered);
  stats_.delivered += end == End::kDelivered ? 1U : 0U;
  stats_.refused += end == End::kRefused ? 1U : 0U;
  stats_.silent += end == End::kSilent ? 1U : 0U;
  stats_.held += end == End::kHeld ? 1U : 0U;
  stats_.unknown += end == End::kUnknown ? 1U : 0U;
  nudged_ = true;
  changed_.notify_all();
}

}  // namespace seawall
