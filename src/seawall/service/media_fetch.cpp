#include "seawall/service/media_fetch.h"

#include <algorithm>

#include "seawall/net/url.h"

namespace seawall {
namespace {

constexpr std::size_t kReadAtOnce = std::size_t{256} << 10;

Result<BodyBytes> secret_copy(const SpooledBody& body) {
  BodyBytes out(body.size_bytes(), true);
  const auto source = body.open();
  while (out.size() < body.size_bytes()) {
    const auto room = out.room(std::min<std::size_t>(kReadAtOnce, body.size_bytes() - out.size()));
    if (room.empty()) return fail(Code::kUnavailable, "no memory is left");
    SEAWALL_TRY(const std::size_t count,
                source->read(std::span(reinterpret_cast<char*>(room.data()), room.size())));
    if (count == 0) return fail(Code::kUnavailable, "what was fetched ended early");
    out.wrote(count);
  }
  return out;
}

Error described(Error error) {
  // Messages of a fetch name the host, which is the caller's own text.
  if (error.code == Code::kLimitExceeded)
    return {Code::kLimitExceeded, "what the address leads to is too large"};
  if (error.code == Code::kInvalidInput) {
    return {Code::kInvalidInput,
            "only http and https addresses of the public internet are fetched, after redirects too"};
  }
  return {Code::kUnavailable, "the host of the address gave no whole answer in time"};
}

}  // namespace

Result<BodyBytes> MediaFetch::fetch(const std::string& url,
                                    std::chrono::steady_clock::time_point no_later_than) {
  SEAWALL_TRY(Media media, fetch_media(url, no_later_than));
  if (media.bytes.size() == 0) return fail(Code::kInvalidInput, "the address leads to nothing: 0 bytes");
  return std::move(media.bytes);
}

Result<MediaFetch::Media> MediaFetch::fetch_media(const std::string& url,
                                                  std::chrono::steady_clock::time_point no_later_than) {
  if (!limits_.allowed) {
    return fail(Code::kInvalidInput, "this server fetches no addresses; send the bytes or the signals");
  }
  if (!http_url_from_text(url)) return tl::unexpected(described({Code::kInvalidInput, ""}));
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(no_later_than - std::chrono::steady_clock::now());
  if (left <= std::chrono::milliseconds(0)) {
    return fail(Code::kUnavailable, "there was no time left to fetch it");
  }
  FetchRequest request;
  request.url = url;
  request.deadline = std::min(limits_.deadline, left);
  request.connect_deadline = std::min(request.deadline, std::chrono::milliseconds(5'000));
  request.response_bytes_max = limits_.bytes_max;
  auto response = fetcher_.fetch(request, stop_);
  if (!response) return tl::unexpected(described(std::move(response).error()));
  if (response->status < 200 || response->status > 299) {
    return fail(Code::kUnavailable, "the host of the address answered " + std::to_string(response->status));
  }
  Media media;
  media.content_type = response->header("content-type");
  SEAWALL_TRY(media.bytes, secret_copy(*response->body));
  return media;
}

}  // namespace seawall
