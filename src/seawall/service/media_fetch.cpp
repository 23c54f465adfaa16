#include "seawall/service/media_fetch.h"

#include <algorithm>

#include "seawall/net/url.h"

namespace seawall {
namespace {

constexpr std::uint64_t kShareStep = std::uint64_t{1} << 20;
constexpr const char* kNoRoom = "the server holds as much media as it may; try again";

/// Takes what arrives straight into memory of media, as far as the budget goes.
class SecretSink final : public BodySink {
 public:
  SecretSink(BodyBudget& bodies, std::size_t bytes_max)
      : bodies_(bodies), bytes_{{}, BodyBytes(bytes_max, true)} {}

  Result<void> append(std::span<const std::byte> bytes) override {
    while (bytes_.size() + bytes.size() > paid_) {
      if (!pay()) {
        full_ = true;
        return fail(Code::kUnavailable, kNoRoom);
      }
    }
    if (!bytes_.body.append(bytes)) return fail(Code::kUnavailable, "no memory is left");
    return {};
  }
  [[nodiscard]] bool is_full() const { return full_; }
  FetchedBytes take() { return std::move(bytes_); }

 private:
  bool pay() {
    if (paid_ == 0) {
      auto share = bodies_.take(kShareStep);
      if (!share) return false;
      bytes_.share = *std::move(share);
    } else if (!bytes_.share.grow(kShareStep)) {
      return false;
    }
    paid_ += kShareStep;
    return true;
  }

  BodyBudget& bodies_;
  FetchedBytes bytes_;
  std::uint64_t paid_ = 0;
  bool full_ = false;  // The budget was, not the limit of one body.
};

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

Result<FetchedBytes> MediaFetch::fetch(const std::string& url,
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
  SecretSink sink(bodies_, limits_.bytes_max);
  request.sink = &sink;
  auto response = fetcher_.fetch(request, stop_);
  if (!response && sink.is_full()) return fail(Code::kUnavailable, kNoRoom);
  if (!response) return tl::unexpected(described(std::move(response).error()));
  if (response->status < 200 || response->status > 299) {
    return fail(Code::kUnavailable, "the host of the address answered " + std::to_string(response->status));
  }
  Media media;
  media.content_type = response->header("content-type");
  media.bytes = sink.take();
  return media;
}

}  // namespace seawall
