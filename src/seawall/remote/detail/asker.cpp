#include "seawall/remote/detail/asker.h"

#include <algorithm>

#include "seawall/net/http_time.h"
#include "seawall/net/url.h"
#include "seawall/remote/detail/text.h"

namespace seawall {
namespace {

std::string said(const FetchRequest& request, int status) {
  return host_of(request) + ": answered " + std::to_string(status);
}

constexpr std::size_t kFeedbackIdBytesMax = 64;
constexpr int kConflict = 409;  // Of an idempotency key: the first attempt is still being worked on.

bool is_passing(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }

Error lasting(const FetchRequest& request, int status) {
  if (status == 401 || status == 403) {
    return {Code::kInvalidInput, said(request, status) + ": it does not accept the credentials"};
  }
  return {Code::kUnavailable, said(request, status) + "; check the url and options of the subscription"};
}

}  // namespace

FeedbackOutcome refused(std::string reason) {
  FeedbackOutcome outcome;
  outcome.refused = true;
  outcome.reason = std::move(reason);
  return outcome;
}

RemoteStep later(Time retry_at, std::string reason) {
  RemoteStep step;
  step.kind = RemoteStep::Kind::kLater;
  step.retry_at = retry_at;
  step.reason = std::move(reason);
  return step;
}

std::string host_of(const FetchRequest& request) {
  const auto url = http_url_from_text(request.url);
  return url ? url->host : "(no host)";
}

Time Asker::again_at(std::optional<std::chrono::milliseconds> asked_for) {
  failures_ = std::min(failures_ + 1, 1000U);
  return context_.clock.now() + context_.back_off.delay(failures_, context_.random, asked_for);
}

Result<Asker::Answer> Asker::ask(const FetchRequest& request, std::stop_token stop,
                                 std::initializer_list<int> wanted) {
  auto response = context_.fetcher.fetch(request, stop);
  if (!response && (response.error().code != Code::kUnavailable || stop.stop_requested())) {
    return tl::unexpected(std::move(response).error());
  }
  Answer answer;
  if (!response) {
    answer.retry_at = again_at(std::nullopt);
    answer.reason = std::move(response).error().message;
    return answer;
  }
  const int status = response->status;
  if (is_passing(status)) {
    const auto now = std::chrono::floor<std::chrono::seconds>(context_.clock.now());
    answer.retry_at = again_at(retry_after(response->header("retry-after"), now));
    answer.reason = said(request, status);
    return answer;
  }
  const bool good = (status >= 200 && status < 300) || std::ranges::find(wanted, status) != wanted.end();
  if (!good) return tl::unexpected(lasting(request, status));
  answer.response = *std::move(response);
  return answer;
}

Result<FeedbackOutcome> Asker::tell(FetchRequest request, const RemoteFeedback& feedback,
                                    std::stop_token stop) {
  if (!feedback.id.empty()) {
    if (feedback.id.size() > kFeedbackIdBytesMax || !std::ranges::all_of(feedback.id, is_alphanumeric)) {
      return fail(Code::kInvalidInput, "feedback is named by 1 to 64 letters and digits");
    }
    request.headers.emplace_back("Idempotency-Key", "\"" + feedback.id + "\"");
  }
  SEAWALL_TRY(auto answer, ask(request, std::move(stop), {400, 404, kConflict, 410, 422}));
  FeedbackOutcome outcome;
  outcome.retry_at = answer.retry_at;
  outcome.reason = std::move(answer.reason);
  if (!answer.response) return outcome;
  const int status = answer.response->status;
  if (status == kConflict) {
    outcome.retry_at = again_at(std::nullopt);
    outcome.reason = said(request, status);
    return outcome;
  }
  succeeded();
  if (status >= 400) return refused(said(request, status) + ": it does not take this feedback");
  outcome.sent = true;
  return outcome;
}

Result<Asker::Read> Asker::read(const FetchRequest& request, const FetchResponse& response,
                                const ExchangeFormat& format, ExchangeReadOptions options) {
  Read out;
  RemotePage page;
  page.body = response.body;
  page.format = &format;
  page.read_options = std::move(options);
  const auto source = page.body->open();
  const auto drop = [&](const Error& error) {
    out.retry_at = again_at(std::nullopt);
    out.reason = host_of(request) + ": its document was dropped: " + error.message;
    return out;
  };
  auto reader = format.reader(*source, page.read_options);
  if (!reader) return drop(reader.error());
  ExchangeRecord record;
  for (;;) {  // Ends with the body, which is bounded.
    const auto outcome = (*reader)->next(record);
    if (!outcome) return drop(outcome.error());
    if (outcome->kind == ExchangeOutcome::Kind::kEnd) break;
    ++(outcome->kind == ExchangeOutcome::Kind::kRecord ? page.records : page.refused);
  }
  out.document = (*reader)->document();
  page.newest = out.document.newest;
  page.left_aside = out.document.left_aside;
  out.page = std::move(page);
  succeeded();
  return out;
}

}  // namespace seawall
