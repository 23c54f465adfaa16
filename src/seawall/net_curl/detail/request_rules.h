#pragma once

#include <string_view>

#include "seawall/net/fetcher.h"
#include "seawall/net/url.h"

namespace seawall {

inline constexpr int kRedirectsMax = 5;

/// Errors: kInvalidInput (control characters, a secret over a plain connection).
Result<void> check_request(const FetchRequest& request, const HttpUrl& url);
/// Whether it is one that Fetcher follows.
[[nodiscard]] bool is_redirect(const FetchRequest& request, const FetchResponse& response);
/// Where the redirect leads. Errors: kUnavailable, if it may not be followed.
Result<HttpUrl> redirected(const FetchRequest& request, const HttpUrl& from, std::string_view location);
[[nodiscard]] Error too_many_redirects(const HttpUrl& url);

}  // namespace seawall
