#include "seawall/net_curl/curl_fetcher.h"

#include <curl/curl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "seawall/net/url.h"
#include "seawall/net_curl/detail/multi_pool.h"
#include "seawall/net_curl/detail/transfer.h"

namespace seawall {
namespace {

constexpr std::size_t kCaBytesMax = 8 << 20;
constexpr int kRedirectsMax = 5;

Result<void> check_library() {
  static const CURLcode started = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  const auto* version = ::curl_version_info(CURLVERSION_NOW);
  if (started != CURLE_OK || (version->features & CURL_VERSION_SSL) == 0 ||
      (version->features & CURL_VERSION_LIBZ) == 0) {
    return fail(Code::kUnavailable, "this libcurl lacks TLS or gzip; install libcurl4");
  }
  return {};
}

Result<std::string> read_pem(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || text.empty() || text.size() > kCaBytesMax) {
    return fail(Code::kInvalidInput, "cannot read certificates from " + path);
  }
  return text;
}

/// A file in memory: libcurl keeps authorities that it has parsed only where they have a path.
Result<UniqueFd> memory_of(std::string_view text) {
  UniqueFd memory(::memfd_create("seawall-authorities", MFD_CLOEXEC));
  for (std::size_t at = 0; memory.get() >= 0 && at < text.size();) {
    const ssize_t written = ::write(memory.get(), text.data() + at, text.size() - at);
    if (written <= 0) return fail(Code::kUnavailable, "no memory for the authorities");
    at += static_cast<std::size_t>(written);
  }
  if (memory.get() < 0) return fail(Code::kUnavailable, "no memory for the authorities");
  return memory;
}

bool is_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

Result<void> check(const FetchRequest& request, const HttpUrl& url) {
  for (const auto& [name, value] : request.headers) {
    if (!is_text(name) || !is_text(value))
      return fail(Code::kInvalidInput, "a header holds control characters");
  }
  for (const auto& [name, value] : request.secret_headers) {
    if (!is_text(name) || !value || !is_text(value->reveal())) {
      return fail(Code::kInvalidInput, "a secret holds control characters");
    }
  }
  if (!request.secret_headers.empty() && !url.https && !is_loopback(url)) {
    return fail(Code::kInvalidInput, url.host + ": credentials go over https:// only");
  }
  return {};
}

bool is_redirect(const FetchRequest& request, const FetchResponse& response) {
  const int status = response.status;
  return request.method == FetchMethod::kGet && !response.header("location").empty() &&
         (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

/// Where the redirect leads, if it may be followed.
Result<HttpUrl> redirected(const FetchRequest& request, const HttpUrl& from, std::string_view location) {
  const auto to = resolve(from, location);
  const auto refuse = [&from](std::string_view why) {
    return fail(Code::kUnavailable, from.host + ": redirects " + std::string(why));
  };
  if (!to) return refuse("to something that is not an address");
  if (from.https && !to->https) return refuse("from https to http");
  if (!request.secret_headers.empty() && !same_origin(from, *to)) {
    return refuse(
        "to another host, which is not given the credentials; put its address in the configuration");
  }
  return to;
}

}  // namespace

CurlFetcher::CurlFetcher(CurlOptions options)
    : options_(std::move(options)), handles_(std::make_unique<MultiPool>()) {}
CurlFetcher::~CurlFetcher() = default;

Result<std::unique_ptr<CurlFetcher>> CurlFetcher::open(CurlOptions options) {
  SEAWALL_CHECK(check_library());
  std::unique_ptr<CurlFetcher> fetcher(new CurlFetcher(std::move(options)));
  const char* named = ::curl_version_info(CURLVERSION_NOW)->cainfo;
  const std::string system_file = named != nullptr ? named : "/etc/ssl/certs/ca-certificates.crt";
  if (fetcher->options_.ca_file.empty()) {
    if (::access(system_file.c_str(), R_OK) == 0) fetcher->ca_path_ = system_file;
    return fetcher;
  }
  SEAWALL_TRY(std::string extra, read_pem(fetcher->options_.ca_file));
  const auto system = read_pem(system_file);
  SEAWALL_TRY(fetcher->ca_memory_, memory_of((system ? *system + "\n" : "") + extra));
  fetcher->ca_path_ = "/proc/self/fd/" + std::to_string(fetcher->ca_memory_.get());
  if (::access(fetcher->ca_path_.c_str(), R_OK) == 0) return fetcher;
  return fail(Code::kUnavailable, "/proc is needed for a ca_file: mount it");
}

Result<FetchResponse> CurlFetcher::fetch(const FetchRequest& request, std::stop_token stop) {
  SEAWALL_TRY(HttpUrl url, http_url_from_text(request.url));
  SEAWALL_CHECK(check(request, url));
  const auto end = std::chrono::steady_clock::now() + request.deadline;
  for (int redirects = 0; redirects <= kRedirectsMax; ++redirects) {
    Transfer transfer(options_, ca_path_, *handles_, request, url);
    auto response = transfer.run(end, stop);
    if (!response) return tl::unexpected(std::move(response).error().within(url.host));
    if (!is_redirect(request, *response)) return response;
    SEAWALL_TRY(url, redirected(request, url, response->header("location")));
  }
  return fail(Code::kUnavailable,
              url.host + ": redirects more than " + std::to_string(kRedirectsMax) + " times");
}

}  // namespace seawall
