#include <algorithm>

#include "seawall/json/text.h"
#include "seawall/net/url.h"
#include "seawall/remote/checkpoint.h"
#include "seawall/remote/clients.h"
#include "seawall/remote/detail/asker.h"
#include "seawall/remote/detail/text.h"

namespace seawall {
namespace {

constexpr std::string_view kKind = "seawall";

/// How far the issuer's list was read.
struct Position {
  std::uint64_t version = 0;
  std::string chain;
};

Result<Position> read_position(const std::string& checkpoint) {
  SEAWALL_TRY(const Checkpoint read, Checkpoint::read(kKind, checkpoint));
  SEAWALL_TRY(const auto version, read.number("version"));
  return Position{static_cast<std::uint64_t>(version.value_or(0)), read.get("chain").value_or("")};
}

/// A document must begin where the one before ended, in version and in history.
Result<void> check_goes_on(const Position& position, const ExchangeDocument& document) {
  if (document.from_version == position.version && document.from_chain == position.chain &&
      document.to_version >= document.from_version && document.to_chain.size() <= 128) {
    return {};
  }
  return fail(Code::kCorrupt, "its list does not go on from version " + std::to_string(position.version) +
                                  " that was read; ask its operators, then subscribe under a new name");
}

class SeawallClient final : public RemoteClient {
 public:
  SeawallClient(const RemoteContext& context, const ExchangeFormat& format,
                std::shared_ptr<const Secret> header, SeawallOptions options)
      : asker_(context), format_(format), header_(std::move(header)), options_(std::move(options)) {}

  Result<RemoteStep> next(const std::string& checkpoint, std::stop_token stop) override;
  Result<FeedbackOutcome> send(const RemoteFeedback& feedback, std::stop_token stop) override;

 private:
  FetchRequest request_after(const Position& position) const {
    FetchRequest request{.url = options_.url + "?" + to_query({{"after", std::to_string(position.version)}})};
    if (header_) request.secret_headers.emplace_back("Authorization", header_);
    request.response_bytes_max = kFileBytesMax;
    request.deadline = std::chrono::hours(1);
    return request;
  }

  Asker asker_;
  const ExchangeFormat& format_;
  std::shared_ptr<const Secret> header_;
  SeawallOptions options_;
};

/// docs/formats/exchange-seawall.md.
std::string feedback_json(const RemoteFeedback& feedback) {
  std::string json = R"({"format":"seawall-feedback","edition":1)";
  const auto add = [&json](std::string_view name, std::string_view value) {
    json.append(",\"").append(name).append("\":");
    append_json_string(json, value);
  };
  add("id", feedback.id);
  add("entry", feedback.key);
  add("verdict", feedback.verdict == RemoteFeedback::Verdict::kConfirmed ? "confirmed" : "false-match");
  if (!feedback.signal_type.empty()) add("signal", feedback.signal_type);
  if (!feedback.reason.empty()) add("reason", feedback.reason);
  return json + "}";
}

Result<FeedbackOutcome> SeawallClient::send(const RemoteFeedback& feedback, std::stop_token stop) {
  if (feedback.key.empty()) return refused("feedback to a Seawall needs an entry's key");
  FetchRequest request;
  request.method = FetchMethod::kPost;
  request.url = options_.url + "/feedback";
  request.headers = {{"Content-Type", "application/json"}};
  if (header_) request.secret_headers.emplace_back("Authorization", header_);
  request.body = feedback_json(feedback);
  return asker_.tell(std::move(request), feedback, std::move(stop));
}

Result<RemoteStep> SeawallClient::next(const std::string& checkpoint, std::stop_token stop) {
  SEAWALL_TRY(const Position position, read_position(checkpoint));
  const FetchRequest request = request_after(position);
  SEAWALL_TRY(auto answer, asker_.ask(request, std::move(stop), {304}));
  if (!answer.response) return later(answer.retry_at, std::move(answer.reason));
  RemoteStep step;
  step.checkpoint = checkpoint;
  if (answer.response->status == 304 || answer.response->status == 204) {
    asker_.succeeded();
    return step;
  }
  SEAWALL_TRY(auto read, asker_.read(request, *answer.response, format_, {options_.public_key_pem}));
  if (!read.page) return later(read.retry_at, std::move(read.reason));
  auto good = check_goes_on(position, read.document);
  if (!good) return tl::unexpected(std::move(good).error().within(host_of(request)));
  if (read.document.to_version == position.version) return step;
  step.kind = RemoteStep::Kind::kPage;
  step.page = *std::move(read.page);
  step.checkpoint = Checkpoint(kKind)
                        .set("version", static_cast<std::int64_t>(read.document.to_version))
                        .set("chain", read.document.to_chain)
                        .text();
  return step;
}

}  // namespace

Result<std::unique_ptr<RemoteClient>> seawall_client(const RemoteContext& context,
                                                     const ExchangeFormat& format,
                                                     const Credentials& credentials, SeawallOptions options) {
  SEAWALL_TRY(options.url, base_url(options.url));
  if (options.public_key_pem.empty()) {
    return fail(Code::kInvalidInput, "a subscription to a Seawall needs the issuer's public key");
  }
  std::shared_ptr<const Secret> header;
  if (credentials.has("token")) {
    SEAWALL_TRY(const auto token, credentials.get("token"));
    header = std::make_shared<const Secret>(bearer_authorization(*token));
  }
  return std::make_unique<SeawallClient>(context, format, std::move(header), std::move(options));
}

}  // namespace seawall
