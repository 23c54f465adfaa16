#include "seawall/net_curl/detail/request_rules.h"

#include <algorithm>

namespace seawall {
namespace {

bool is_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

}  // namespace

Result<void> check_request(const FetchRequest& request, const HttpUrl& url) {
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

Result<HttpUrl> redirected(const FetchRequest& request, const HttpUrl& from, std::string_view location) {
  const auto to = resolve(from, location);
  const auto refuse = [&from](std::string_view why) {
    return fail(Code::kUnavailable, from.host + ": redirects " + std::string(why));
  };
  if (!to) {
    return fail(Code::kInvalidInput, from.host + ": redirects to something that is not an address");
  }
  if (from.https && !to->https) return refuse("from https to http");
  if (!request.secret_headers.empty() && !same_origin(from, *to)) {
    return refuse(
        "to another host, which is not given the credentials; put its address in the configuration");
  }
  return to;
}

Error too_many_redirects(const HttpUrl& url) {
  return {Code::kUnavailable, url.host + ": redirects more than " + std::to_string(kRedirectsMax) + " times"};
}

}  // namespace seawall
