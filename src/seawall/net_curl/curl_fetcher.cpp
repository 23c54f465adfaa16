#include "seawall/net_curl/curl_fetcher.h"

#include "seawall/net/url.h"
#include "seawall/net_curl/detail/authorities.h"
#include "seawall/net_curl/detail/blocking_run.h"
#include "seawall/net_curl/detail/multi_pool.h"
#include "seawall/net_curl/detail/request_rules.h"
#include "seawall/net_curl/detail/transfer.h"

namespace seawall {

CurlFetcher::CurlFetcher(CurlOptions options)
    : options_(std::move(options)),
      authorities_(std::make_unique<Authorities>()),
      handles_(std::make_unique<MultiPool>()) {}
CurlFetcher::~CurlFetcher() = default;

Result<std::unique_ptr<CurlFetcher>> CurlFetcher::open(CurlOptions options) {
  SEAWALL_CHECK(check_curl());
  if (options.public_only && !options.unix_socket.empty()) {
    return fail(Code::kInvalidInput, "a Unix socket is not on the public internet");
  }
  std::unique_ptr<CurlFetcher> fetcher(new CurlFetcher(std::move(options)));
  SEAWALL_TRY(*fetcher->authorities_, Authorities::open(fetcher->options_.ca_file));
  return fetcher;
}

Result<FetchResponse> CurlFetcher::fetch(const FetchRequest& request, std::stop_token stop) {
  SEAWALL_TRY(HttpUrl url, http_url_from_text(request.url));
  SEAWALL_CHECK(check_request(request, url));
  const auto end = std::chrono::steady_clock::now() + request.deadline;
  for (int redirects = 0; redirects <= kRedirectsMax; ++redirects) {
    Transfer transfer(options_, authorities_->path(), request, url);
    auto response = run_to_end(transfer, *handles_, end, stop);
    if (!response) return tl::unexpected(std::move(response).error().within(url.host));
    if (!is_redirect(request, *response)) return response;
    SEAWALL_TRY(url, redirected(request, url, response->header("location")));
  }
  return tl::unexpected(too_many_redirects(url));
}

}  // namespace seawall
