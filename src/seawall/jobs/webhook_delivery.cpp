#include "seawall/jobs/webhook_delivery.h"

#include <algorithm>

#include "seawall/jobs/job_text.h"
#include "seawall/jobs/webhook_signature.h"
#include "seawall/net/http_time.h"
#include "seawall/net/url.h"

namespace seawall {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr unsigned kFreePortMin = 1024;
constexpr unsigned kHttpsPort = 443;

}  // namespace

WebhookSecrets webhook_secrets_of(AccessStore& store, const KeyService& keys) {
  return [&store, &keys](std::string_view key_id) -> Result<std::vector<Secret>> {
    SEAWALL_TRY(const KeyAt at, store.key(key_id));
    return at.key ? keys.webhook_secrets(*at.key) : std::vector<Secret>();
  };
}

Result<void> WebhookAddresses::seal(LookupJob& job, std::string_view url) const {
  const auto parsed = url.size() <= kBytesMax ? http_url_from_text(url) : fail(Code::kInvalidInput, "");
  if (!parsed || !parsed->https || (parsed->port != kHttpsPort && parsed->port < kFreePortMin)) {
    return fail(
        Code::kInvalidInput,
        "webhook: an address as https://host/path of at most 2048 characters is needed, without a user "
        "or password, at port 443 or from 1024");
  }
  SEAWALL_TRY(job.address, seal_.seal(to_text(*parsed), job.id));
  job.host = seal_.digest("host/" + parsed->host + ":" + std::to_string(parsed->port));
  job.owner = seal_.digest("owner/" + job.caller);
  return {};
}

Result<std::string> WebhookAddresses::open(const LookupJob& job) const {
  return seal_.open(job.address, job.id);
}

Result<FetchRequest> WebhookDelivery::request_of(const LookupJob& job,
                                                 std::span<const Secret> secrets) const {
  FetchRequest request;
  request.method = FetchMethod::kPost;
  SEAWALL_TRY(request.url, addresses_.open(job));
  request.body = webhook_body(job);
  const std::string id = webhook_id(job);
  const auto sent = std::chrono::floor<seconds>(parts_.clock.now());
  SEAWALL_TRY(std::string signature, webhook_signature({id, sent, request.body}, secrets));
  request.headers = {{"Content-Type", "application/json"},
                     {"webhook-id", id},
                     {"webhook-timestamp", std::to_string(sent.time_since_epoch().count())},
                     {"webhook-signature", std::move(signature)}};
  request.deadline = options_.deadline;
  request.connect_deadline = options_.deadline;
  request.accept_gzip = false;
  request.body_wanted = false;
  return request;
}

WebhookDelivery::Attempt WebhookDelivery::ask(const FetchRequest& request,
                                              const std::stop_token& stop) const {
  const auto response = parts_.fetcher.fetch(request, stop);
  if (!response) return {stop.stop_requested() ? End::kUnknown : End::kSilent, std::nullopt, std::nullopt};
  const bool taken = response->status >= 200 && response->status < 300;
  const auto now = std::chrono::floor<seconds>(parts_.clock.now());
  Attempt attempt{taken ? End::kDelivered : End::kRefused, response->status, std::nullopt};
  if (const auto wait = retry_after(response->header("retry-after"), now)) {
    attempt.asked_for = std::min<milliseconds>(*wait, options_.back_off.most);
  }
  return attempt;
}

WebhookDelivery::End WebhookDelivery::send(const LookupJob& job, RandomSource& random,
                                           const std::stop_token& stop) const {
  const auto secrets = parts_.secrets(job.key_id);
  if (!secrets) return End::kUnknown;
  if (secrets->empty()) return settle(job, {End::kHeld, std::nullopt, std::nullopt}, random);
  const auto request = request_of(job, *secrets);
  if (!request) return settle(job, {End::kHeld, std::nullopt, std::nullopt}, random);
  const Attempt attempt = ask(*request, stop);
  return attempt.end == End::kUnknown ? End::kUnknown : settle(job, attempt, random);
}

WebhookDelivery::End WebhookDelivery::settle(const LookupJob& job, const Attempt& attempt,
                                             RandomSource& random) const {
  const Time now = parts_.clock.now();
  WebhookOutcome outcome{job.id,       job.round,      WebhookState::kWaiting,
                         std::nullopt, attempt.status, std::nullopt};
  outcome.next = now + options_.back_off.delay(job.tries + 1, random, attempt.asked_for);
  const bool over = attempt.end == End::kHeld || !job.give_up || *outcome.next > *job.give_up;
  if (attempt.end == End::kDelivered || over) {
    outcome.state = attempt.end == End::kDelivered ? WebhookState::kDelivered : WebhookState::kHeld;
    outcome.next.reset();
    outcome.keep_until = std::min<Time>(now + kKept, job.done.value_or(job.asked) + kKeptMost);
  }
  // Twice: a lock that could not be had is often free a moment later.
  const bool written = parts_.records.settle_webhook(outcome) || parts_.records.settle_webhook(outcome);
  return written ? attempt.end : End::kUnknown;
}

}  // namespace seawall
