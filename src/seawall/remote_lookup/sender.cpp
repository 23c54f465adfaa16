#include "seawall/remote_lookup/detail/sender.h"

#include <condition_variable>
#include <iterator>
#include <utility>

#include "seawall/net/http_time.h"
#include "seawall/net/url.h"

namespace seawall::remote_lookup {
namespace {

constexpr std::uint64_t kAnswerBytesMax = 64 << 20;
constexpr std::chrono::milliseconds kDeadline = std::chrono::minutes(2);

bool wait_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any stopped;
  stopped.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

std::string host_of(const std::string& url) {
  const auto parsed = http_url_from_text(url);
  return parsed ? parsed->host : url;
}

}  // namespace

/// What came of one request.
struct Sender::Reply {
  enum class Kind { kAnswered, kLater, kRefused } kind = Kind::kLater;
  std::vector<LookupItemAnswer> answers;
  std::string reason;  ///< Unless answered: what happened, for an operator.
  bool rate_limited = false;
  std::optional<std::chrono::milliseconds> asked_for;  ///< Retry-After.
};

Sender::Sender(ServiceBankOptions options, Fetcher& fetcher, RandomSource& random)
    : options_(std::move(options)), host_(host_of(options_.url)), fetcher_(fetcher), random_(random) {}

FetchRequest Sender::request_for(const std::vector<const QuestionItem*>& items) {
  FetchRequest request{.method = FetchMethod::kPost, .url = options_.url + "v1/match"};
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  std::string key = "\"";
  {
    const std::scoped_lock lock(random_mutex_);
    for (int i = 0; i < 2; ++i) key += std::to_string(random_.next()) + (i == 0 ? "-" : "\"");
  }
  request.headers.emplace_back("Idempotency-Key", std::move(key));
  if (options_.authorization) request.secret_headers.emplace_back("Authorization", options_.authorization);
  request.body = body_of(items, options_.radius_bits ? &*options_.radius_bits : nullptr);
  request.deadline = kDeadline;
  request.response_bytes_max = kAnswerBytesMax;
  return request;
}

Sender::Reply Sender::send(const FetchRequest& request, std::size_t items, const std::stop_token& stop) {
  Reply reply;
  const auto response = fetcher_.fetch(request, stop);
  if (!response) {
    reply.kind = response.error().code == Code::kUnavailable ? Reply::Kind::kLater : Reply::Kind::kRefused;
    reply.reason = response.error().message;
    return reply;
  }
  const auto text = response->body->text(kAnswerBytesMax);
  if (!text) {
    reply.reason = text.error().message;
    return reply;
  }
  if (response->status == 200) {
    auto answers = lookup_answers_from(*text, items);
    reply.kind = answers ? Reply::Kind::kAnswered : Reply::Kind::kRefused;
    if (answers) reply.answers = *std::move(answers);
    if (!answers) reply.reason = "its answer is not that of a look-up service: " + answers.error().message;
    return reply;
  }
  std::string type;
  const std::string detail = problem_detail_from(*text, type);
  reply.reason = "HTTP " + std::to_string(response->status) + (detail.empty() ? "" : ": " + detail);
  reply.rate_limited = response->status == 429;
  const bool at_work = response->status == 409 && type == "/problems/in-progress";
  const bool passes = response->status == 429 || response->status == 503 || at_work;
  reply.kind = passes ? Reply::Kind::kLater : Reply::Kind::kRefused;
  // Seconds are all that the contract has; a date would need a clock.
  if (const auto wait = retry_after(response->header("retry-after"), {})) reply.asked_for = *wait;
  return reply;
}

Result<void> Sender::pause(int failures, const Reply& reply, const std::stop_token& stop) {
  if (reply.asked_for && *reply.asked_for > options_.wait_max) {
    return fail(Code::kUnavailable, "service " + host_ + " says to come back in " +
                                        std::to_string(reply.asked_for->count() / 1000) + " s (" +
                                        reply.reason + ")");
  }
  std::chrono::milliseconds delay{};
  {
    const std::scoped_lock lock(random_mutex_);
    delay = options_.back_off.delay(static_cast<std::uint32_t>(failures), random_, reply.asked_for);
  }
  const bool goes_on = options_.wait ? options_.wait(delay, stop) : wait_for(delay, stop);
  if (goes_on) return {};
  return fail(Code::kUnavailable, "stopped while waiting for service " + host_);
}

Result<std::vector<LookupItemAnswer>> Sender::ask_in_halves(const std::vector<const QuestionItem*>& items,
                                                            const std::stop_token& stop, std::size_t& most) {
  const auto middle = items.begin() + static_cast<std::ptrdiff_t>(items.size() / 2);
  most = items.size() / 2;
  SEAWALL_TRY(auto answers, ask({items.begin(), middle}, stop, most));
  std::size_t most_of_rest = most;
  SEAWALL_TRY(auto rest, ask({middle, items.end()}, stop, most_of_rest));
  most = std::min(most, most_of_rest);
  answers.insert(answers.end(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
  return answers;
}

Result<std::vector<LookupItemAnswer>> Sender::ask(const std::vector<const QuestionItem*>& items,
                                                  const std::stop_token& stop, std::size_t& most) {
  const FetchRequest request = request_for(items);
  for (int tried = 1;; ++tried) {
    Reply reply = send(request, items.size(), stop);
    if (reply.kind == Reply::Kind::kAnswered) return std::move(reply.answers);
    if (reply.kind == Reply::Kind::kRefused || tried == options_.tries_max || stop.stop_requested()) {
      return fail(Code::kUnavailable, "service " + host_ + ": " + reply.reason);
    }
    SEAWALL_CHECK(pause(tried, reply, stop));
    // A batch of more items than the key may ask at once would be refused for ever.
    if (reply.rate_limited && items.size() > 1) return ask_in_halves(items, stop, most);
  }
}

}  // namespace seawall::remote_lookup
