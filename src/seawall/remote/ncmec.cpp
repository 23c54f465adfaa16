#include <algorithm>

#include "seawall/net/url.h"
#include "seawall/remote/checkpoint.h"
#include "seawall/remote/clients.h"
#include "seawall/remote/detail/asker.h"
#include "seawall/remote/detail/text.h"

namespace seawall {
namespace {

constexpr std::string_view kKind = "ncmec";

/// The window that is being read, and where in it.
struct Window {
  std::int64_t from_s = 0;
  std::int64_t to_s = 0;
  std::optional<std::int64_t> start;  // Of the next page; none: the first one.
  std::int64_t size = 0;
  std::int64_t max = 0;
};

class NcmecClient final : public RemoteClient {
 public:
  NcmecClient(const RemoteContext& context, const ExchangeFormat& format,
              std::shared_ptr<const Secret> header, NcmecOptions options)
      : asker_(context), format_(format), header_(std::move(header)), options_(std::move(options)) {}

  Result<RemoteStep> next(const std::string& checkpoint, std::stop_token stop) override;
  Result<FeedbackOutcome> send(const RemoteFeedback& feedback, std::stop_token stop) override;

 private:
  Result<std::optional<Window>> window_at(const std::string& checkpoint) const;
  FetchRequest request_for(const Window& window) const;
  Result<std::string> after(const Window& window, std::string_view continuation) const;

  Asker asker_;
  const ExchangeFormat& format_;
  std::shared_ptr<const Secret> header_;
  NcmecOptions options_;
};

/// None: the next window has not begun yet.
Result<std::optional<Window>> NcmecClient::window_at(const std::string& checkpoint) const {
  SEAWALL_TRY(const Checkpoint read, Checkpoint::read(kKind, checkpoint));
  SEAWALL_TRY(const auto from, read.number("from"));
  SEAWALL_TRY(const auto to, read.number("to"));
  SEAWALL_TRY(const auto start, read.number("start"));
  SEAWALL_TRY(const auto size, read.number("size"));
  SEAWALL_TRY(const auto max, read.number("max"));
  Window window;
  window.from_s = from.value_or(options_.begin.time_since_epoch().count());
  window.start = start;
  window.size = size.value_or(0);
  window.max = max.value_or(0);
  const auto now = std::chrono::floor<std::chrono::seconds>(asker_.context().clock.now() - options_.lag);
  window.to_s = to.value_or(now.time_since_epoch().count());
  if (window.to_s <= window.from_s) return std::optional<Window>();
  return std::optional(window);
}

FetchRequest NcmecClient::request_for(const Window& window) const {
  QueryPairs query = {{"from", rfc3339(window.from_s)}, {"to", rfc3339(window.to_s)}};
  if (window.start) {
    query.emplace_back("start", std::to_string(*window.start));
    query.emplace_back("size", std::to_string(window.size));
    query.emplace_back("max", std::to_string(window.max));
  }
  FetchRequest request{.url = options_.url + "/v2/entries?" + to_query(query)};
  request.headers.emplace_back("Accept", "application/xml");
  request.secret_headers.emplace_back("Authorization", header_);
  request.response_bytes_max = kPageBytesMax;
  return request;
}

/// The checkpoint after a page. Of the next page's address only start, size and max are taken: the window's
/// own from and to are repeated as they were, or the server would skip entries.
Result<std::string> NcmecClient::after(const Window& window, std::string_view continuation) const {
  if (continuation.empty()) return Checkpoint(kKind).set("from", window.to_s).text();
  const auto lost = [] { return fail(Code::kCorrupt, "the address of the next page is not one"); };
  const auto query = query_of(continuation);
  if (!query) return lost();
  Checkpoint next(kKind);
  next.set("from", window.from_s).set("to", window.to_s);
  for (const std::string_view name : {"start", "size", "max"}) {
    const auto at =
        std::ranges::find(*query, name, [](const auto& p) -> std::string_view { return p.first; });
    if (at == query->end()) return lost();
    next.set(name, at->second);
  }
  SEAWALL_TRY(const auto read, window_at(next.text()));
  if (!read || (window.start && *read->start <= *window.start)) return lost();
  return next.text();
}

Result<RemoteStep> NcmecClient::next(const std::string& checkpoint, std::stop_token stop) {
  SEAWALL_TRY(const auto window, window_at(checkpoint));
  RemoteStep step;
  step.checkpoint = checkpoint;
  if (!window) return step;
  const FetchRequest request = request_for(*window);
  SEAWALL_TRY(auto answer, asker_.ask(request, std::move(stop)));
  if (!answer.response) return later(answer.retry_at, std::move(answer.reason));
  SEAWALL_TRY(auto read, asker_.read(request, *answer.response, format_, {}));
  if (!read.page) return later(read.retry_at, std::move(read.reason));
  auto next = after(*window, read.document.continuation);
  if (!next) return tl::unexpected(std::move(next).error().within(host_of(request)));
  step.kind = RemoteStep::Kind::kPage;
  step.page = *std::move(read.page);
  step.checkpoint = *std::move(next);
  step.last = read.document.continuation.empty();
  return step;
}

std::string feedback_xml(const RemoteFeedback& feedback) {
  const bool confirmed = feedback.verdict == RemoteFeedback::Verdict::kConfirmed;
  const std::string vote =
      confirmed ? "<affirmative/>"
                : "<negative><reasonIds><guid>" + feedback.reason + "</guid></reasonIds></negative>";
  return "<feedbackSubmission xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\">" + vote +
         "</feedbackSubmission>";
}

Result<FeedbackOutcome> NcmecClient::send(const RemoteFeedback& feedback, std::stop_token stop) {
  const auto word = [](std::string_view text, std::string_view more) {
    return !text.empty() && text.size() <= 200 && std::ranges::all_of(text, [more](char c) {
      return is_alphanumeric(c) || more.find(c) != std::string_view::npos;
    });
  };
  // A key is "<member>-<id>": docs/formats/exchange-ncmec.md.
  const auto dash = std::min(feedback.key.find('-'), feedback.key.size());
  const std::string_view member = std::string_view(feedback.key).substr(0, dash);
  const std::string_view entry =
      std::string_view(feedback.key).substr(std::min(dash + 1, feedback.key.size()));
  const bool rejected = feedback.verdict == RemoteFeedback::Verdict::kRejected;
  if (!word(member, "") || entry.empty() || !word(feedback.signal_type, "_") ||
      (rejected && !word(feedback.reason, "-"))) {
    return refused(
        "feedback to NCMEC needs an entry's key, the fingerprint's type and, to reject, a reason's id");
  }
  FetchRequest request;
  request.method = FetchMethod::kPut;
  request.url = options_.url + "/v2/entries/" + percent_encoded(member) + "/" + percent_encoded(entry) + "/" +
                feedback.signal_type + "/feedback";
  request.headers = {{"Content-Type", "application/xml"}};
  request.secret_headers.emplace_back("Authorization", header_);
  request.body = feedback_xml(feedback);
  return asker_.tell(std::move(request), feedback, std::move(stop));
}

}  // namespace

Result<std::unique_ptr<RemoteClient>> ncmec_client(const RemoteContext& context, const ExchangeFormat& format,
                                                   const Credentials& credentials, NcmecOptions options) {
  SEAWALL_TRY(const auto user, credentials.get("user"));
  SEAWALL_TRY(const auto password, credentials.get("password"));
  SEAWALL_TRY(options.url, base_url(options.url));
  auto header = std::make_shared<const Secret>(basic_authorization(*user, *password));
  return std::make_unique<NcmecClient>(context, format, std::move(header), std::move(options));
}

}  // namespace seawall
