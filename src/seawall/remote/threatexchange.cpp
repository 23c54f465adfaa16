#include <algorithm>

#include "seawall/net/url.h"
#include "seawall/remote/checkpoint.h"
#include "seawall/remote/clients.h"
#include "seawall/remote/detail/asker.h"
#include "seawall/remote/detail/span_of_time.h"
#include "seawall/remote/detail/text.h"

namespace seawall {
namespace {

constexpr std::string_view kFields =
    "id,indicator,type,creation_time,last_updated,should_delete,tags,status,applications_with_opinions";

/// Parameters of ours, or that never belong into an address.
bool is_ours(std::string_view name) {
  return name == "fields" || name == "limit" || name == "start_time" || name == "stop_time" ||
         name == "access_token" || name == "appsecret_proof" || name == "appsecret_time";
}

/// The parameters that name the next page: those of an address, else a bare cursor.
Result<QueryPairs> page_pairs(std::string_view word) {
  if (word.empty()) return QueryPairs();
  const bool address = word.find('?') != std::string_view::npos;
  if (!address) return QueryPairs{{"after", std::string(word)}};
  SEAWALL_TRY(QueryPairs pairs, query_of(word));
  std::erase_if(pairs, [](const auto& pair) { return is_ours(pair.first); });
  if (pairs.empty()) return fail(Code::kCorrupt, "the address of the next page names no page");
  return pairs;
}

/// The next page as checkpoints keep it: its parameters without the token that the server's address holds.
Result<std::string> page_word(std::string_view continuation) {
  SEAWALL_TRY(const QueryPairs pairs, page_pairs(continuation));
  return "?" + to_query(pairs);
}

class ThreatExchangeClient final : public RemoteClient {
 public:
  ThreatExchangeClient(const RemoteContext& context, const ExchangeFormat& format,
                       std::shared_ptr<const Secret> header, ThreatExchangeOptions options)
      : asker_(context), format_(format), header_(std::move(header)), options_(std::move(options)) {}

  Result<RemoteStep> next(const std::string& checkpoint, std::stop_token stop) override {
    const auto request = [this](const SpanOfTime& span) { return page_request(span); };
    const auto word = [](std::string_view continuation) { return page_word(continuation); };
    return next_page_of_span({"threatexchange", request, word}, asker_, format_, checkpoint, std::move(stop));
  }
  Result<FeedbackOutcome> send(const RemoteFeedback& feedback, std::stop_token stop) override;

 private:
  Result<FetchRequest> page_request(const SpanOfTime& span) const {
    QueryPairs query = {{"fields", std::string(kFields)},
                        {"limit", std::to_string(options_.page_size)},
                        {"start_time", std::to_string(span.since_s)}};
    SEAWALL_TRY(const QueryPairs page, page_pairs(span.page));
    query.insert(query.end(), page.begin(), page.end());
    FetchRequest request{.url = options_.url + "/" + options_.privacy_group + "/threat_updates/?" +
                                to_query(query)};
    request.secret_headers.emplace_back("Authorization", header_);
    request.response_bytes_max = kPageBytesMax;
    return request;
  }

  Asker asker_;
  const ExchangeFormat& format_;
  std::shared_ptr<const Secret> header_;
  ThreatExchangeOptions options_;
};

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Result<FeedbackOutcome> ThreatExchangeClient::send(const RemoteFeedback& feedback, std::stop_token stop) {
  if (!is_number(feedback.key)) {
    return refused("feedback to ThreatExchange needs an entry's id, a number");
  }
  FetchRequest request;
  request.method = FetchMethod::kPost;
  request.url = options_.url + "/" + feedback.key + "/";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.secret_headers.emplace_back("Authorization", header_);
  const bool confirmed = feedback.verdict == RemoteFeedback::Verdict::kConfirmed;
  request.body = confirmed ? "reactions=HELPFUL" : "reactions=DISAGREE_WITH_TAGS";
  return asker_.tell(std::move(request), feedback, std::move(stop));
}

}  // namespace

Result<std::unique_ptr<RemoteClient>> threatexchange_client(const RemoteContext& context,
                                                            const ExchangeFormat& format,
                                                            const Credentials& credentials,
                                                            ThreatExchangeOptions options) {
  SEAWALL_TRY(const auto token, credentials.get("access_token"));
  SEAWALL_TRY(options.url, base_url(options.url));
  if (!is_number(options.privacy_group)) {
    return fail(Code::kInvalidInput, "privacy_group is a number");
  }
  auto header = std::make_shared<const Secret>(bearer_authorization(*token));
  return std::make_unique<ThreatExchangeClient>(context, format, std::move(header), std::move(options));
}

}  // namespace seawall
