#include <vector>

#include "seawall/base/hex.h"
#include "seawall/crypto/digest.h"
#include "seawall/net/url.h"
#include "seawall/remote/checkpoint.h"
#include "seawall/remote/clients.h"
#include "seawall/remote/detail/asker.h"

namespace seawall {
namespace {

constexpr std::string_view kKind = "file";
constexpr std::size_t kValidatorBytesMax = 1024;

Result<std::string> sha256_of(const SpooledBody& body) {
  FileDigester digester;
  const auto source = body.open();
  std::vector<char> piece(64 * 1024);
  for (;;) {  // Ends with the body, which is bounded.
    SEAWALL_TRY(const std::size_t got, source->read(piece));
    if (got == 0) break;
    digester.update(std::as_bytes(std::span(piece).first(got)));
  }
  return to_hex(digester.finish().sha256);
}

/// What names this edition of the file: the server's validators, and the bytes' own digest.
Result<std::string> checkpoint_of(const FetchResponse& response) {
  SEAWALL_TRY(std::string digest, sha256_of(*response.body));
  Checkpoint checkpoint(kKind);
  checkpoint.set("sha256", std::move(digest));
  const auto keep = [&](std::string_view name, std::string_view header) {
    const std::string_view value = response.header(header);
    if (!value.empty() && value.size() <= kValidatorBytesMax) checkpoint.set(name, std::string(value));
  };
  keep("etag", "etag");
  keep("modified", "last-modified");
  return checkpoint.text();
}

class FileClient final : public RemoteClient {
 public:
  FileClient(const RemoteContext& context, const ExchangeFormat& format, std::shared_ptr<const Secret> header,
             FileOptions options)
      : asker_(context), format_(format), header_(std::move(header)), options_(std::move(options)) {}

  Result<RemoteStep> next(const std::string& checkpoint, std::stop_token stop) override;
  Result<FeedbackOutcome> send(const RemoteFeedback&, std::stop_token) override {
    return fail(Code::kUnsupported, "a file takes no feedback");
  }

 private:
  FetchRequest request_after(const Checkpoint& last) const {
    FetchRequest request{.url = options_.url};
    if (header_) request.secret_headers.emplace_back("Authorization", header_);
    if (const auto etag = last.get("etag")) request.headers.emplace_back("If-None-Match", *etag);
    if (const auto time = last.get("modified")) request.headers.emplace_back("If-Modified-Since", *time);
    request.response_bytes_max = kFileBytesMax;
    request.deadline = std::chrono::hours(4);
    return request;
  }

  Asker asker_;
  const ExchangeFormat& format_;
  std::shared_ptr<const Secret> header_;
  FileOptions options_;
};

Result<RemoteStep> FileClient::next(const std::string& checkpoint, std::stop_token stop) {
  SEAWALL_TRY(const Checkpoint last, Checkpoint::read(kKind, checkpoint));
  const FetchRequest request = request_after(last);
  SEAWALL_TRY(auto answer, asker_.ask(request, std::move(stop), {304}));
  if (!answer.response) return later(answer.retry_at, std::move(answer.reason));
  RemoteStep step;
  step.checkpoint = checkpoint;
  step.last = true;
  if (answer.response->status == 304) {
    asker_.succeeded();
    return step;
  }
  SEAWALL_TRY(step.checkpoint, checkpoint_of(*answer.response));
  SEAWALL_TRY(const Checkpoint now, Checkpoint::read(kKind, step.checkpoint));
  if (now.get("sha256") == last.get("sha256")) {
    asker_.succeeded();
    return step;
  }
  SEAWALL_TRY(auto read, asker_.read(request, *answer.response, format_, {options_.public_key_pem}));
  if (!read.page) return later(read.retry_at, std::move(read.reason));
  step.kind = RemoteStep::Kind::kPage;
  step.page = *std::move(read.page);
  step.page.snapshot = options_.snapshot;
  return step;
}

Result<std::shared_ptr<const Secret>> authorization(const Credentials& credentials) {
  std::shared_ptr<const Secret> none;
  if (credentials.has("token")) {
    SEAWALL_TRY(const auto token, credentials.get("token"));
    return std::make_shared<const Secret>(bearer_authorization(*token));
  }
  if (!credentials.has("user")) return none;
  SEAWALL_TRY(const auto user, credentials.get("user"));
  SEAWALL_TRY(const auto password, credentials.get("password"));
  return std::make_shared<const Secret>(basic_authorization(*user, *password));
}

}  // namespace

Result<std::unique_ptr<RemoteClient>> file_client(const RemoteContext& context, const ExchangeFormat& format,
                                                  const Credentials& credentials, FileOptions options) {
  SEAWALL_TRY(const HttpUrl url, http_url_from_text(options.url));
  options.url = to_text(url);
  SEAWALL_TRY(auto header, authorization(credentials));
  return std::make_unique<FileClient>(context, format, std::move(header), std::move(options));
}

}  // namespace seawall
