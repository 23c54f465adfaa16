#include <algorithm>

#include "seawall/net/url.h"
#include "seawall/remote/checkpoint.h"
#include "seawall/remote/clients.h"
#include "seawall/remote/detail/asker.h"
#include "seawall/remote/detail/span_of_time.h"
#include "seawall/remote/detail/text.h"

namespace seawall {
namespace {

class StopNciiClient final : public RemoteClient {
 public:
  StopNciiClient(const RemoteContext& context, const ExchangeFormat& format, const Credentials& credentials,
                 StopNciiOptions options)
      : asker_(context), format_(format), credentials_(credentials), options_(std::move(options)) {}

  Result<RemoteStep> next(const std::string& checkpoint, std::stop_token stop) override {
    const auto request = [this](const SpanOfTime& span) { return page_request(span); };
    const auto token = [](std::string_view word) { return Result<std::string>(std::string(word)); };
    return next_page_of_span({"stopncii", request, token}, asker_, format_, checkpoint, std::move(stop));
  }

  Result<FeedbackOutcome> send(const RemoteFeedback& feedback, std::stop_token stop) override;

 private:
  Result<FetchRequest> page_request(const SpanOfTime& span) const {
    QueryPairs query = {{"startTimestamp", std::to_string(span.since_s)},
                        {"pageSize", std::to_string(options_.page_size)}};
    if (!span.page.empty()) query.emplace_back("nextPageToken", span.page);
    SEAWALL_TRY(FetchRequest request, request_to("FetchHashes", "functions_key"));
    request.url += "?" + to_query(query);
    return request;
  }

  Result<FetchRequest> request_to(std::string_view endpoint, std::string_view key) const {
    FetchRequest request{.url = options_.url + "/" + std::string(endpoint)};
    SEAWALL_TRY(auto functions, credentials_.get(key));
    SEAWALL_TRY(auto subscription, credentials_.get("subscription_key"));
    request.secret_headers.emplace_back("x-functions-key", std::move(functions));
    request.secret_headers.emplace_back("Ocp-Apim-Subscription-Key", std::move(subscription));
    request.headers.emplace_back("Accept", "application/json");
    request.response_bytes_max = kPageBytesMax;
    return request;
  }

  Asker asker_;
  const ExchangeFormat& format_;
  Credentials credentials_;
  StopNciiOptions options_;
};

/// A key is "<type>:<hash>", and feedback names the hash. Of other types than these the key may hold a digest
/// in its place (docs/formats/exchange-stopncii.md): empty.
std::string_view hash_of(std::string_view key) {
  for (const std::string_view type : {"ImagePDQ:", "VideoMD5:"}) {
    if (key.starts_with(type)) return key.substr(type.size());
  }
  return {};
}

Result<FeedbackOutcome> StopNciiClient::send(const RemoteFeedback& feedback, std::stop_token stop) {
  const std::string_view hash = hash_of(feedback.key);
  if (hash.empty() || hash.size() > 128 || !std::ranges::all_of(hash, is_alphanumeric)) {
    return refused("feedback to StopNCII needs the key of an entry with a PDQ or MD5 hash");
  }
  const bool own_key = credentials_.has("feedback_functions_key");
  SEAWALL_TRY(FetchRequest request,
              request_to("SubmitFeedback", own_key ? "feedback_functions_key" : "functions_key"));
  request.method = FetchMethod::kPost;
  request.headers.emplace_back("Content-Type", "application/json");
  const bool confirmed = feedback.verdict == RemoteFeedback::Verdict::kConfirmed;
  request.body = R"({"count":1,"hashFeedbacks":[{"tags":[],"feedbackValue":")";
  request.body.append(confirmed ? "Blocked" : "NotBlocked").append(R"(","hashValue":")");
  request.body.append(hash).append(R"("}]})");
  return asker_.tell(std::move(request), feedback, std::move(stop));
}

}  // namespace

Result<std::unique_ptr<RemoteClient>> stopncii_client(const RemoteContext& context,
                                                      const ExchangeFormat& format,
                                                      const Credentials& credentials,
                                                      StopNciiOptions options) {
  SEAWALL_CHECK(credentials.get("functions_key"));
  SEAWALL_CHECK(credentials.get("subscription_key"));
  SEAWALL_TRY(options.url, base_url(options.url));
  return std::make_unique<StopNciiClient>(context, format, credentials, std::move(options));
}

}  // namespace seawall
