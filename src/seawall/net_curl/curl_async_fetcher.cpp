#include "seawall/net_curl/curl_async_fetcher.h"

#include <curl/curl.h>

#include <atomic>
#include <unordered_map>

#include "seawall/net_curl/detail/authorities.h"
#include "seawall/net_curl/detail/request_rules.h"
#include "seawall/net_curl/detail/transfer.h"

namespace seawall {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

constexpr milliseconds kPollMost{1'000};

}  // namespace

struct CurlAsyncFetcher::Impl {
  /// One request, over as many addresses as it is sent on to.
  struct Flight {
    std::uint64_t id = 0;
    FetchRequest request;
    HttpUrl url;
    int redirects = 0;
    SteadyTime end;
    std::unique_ptr<Transfer> transfer;
  };

  explicit Impl(CurlOptions given) : options(std::move(given)), multi(::curl_multi_init()) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    for (auto& [id, flight] : flights) ground(*flight);
    if (multi != nullptr) ::curl_multi_cleanup(multi);
  }

  Result<void> take_off(Flight& flight) {
    flight.transfer = std::make_unique<Transfer>(options, authorities.path(), flight.request, flight.url);
    SEAWALL_CHECK(flight.transfer->prepare(flight.end, Transfer::Keeping::kConnections));
    CURL* const easy = flight.transfer->handle();
    if (::curl_multi_add_handle(multi, easy) != CURLM_OK) {
      return fail(Code::kUnavailable, "libcurl does not start the request");
    }
    by_handle[easy] = &flight;
    return {};
  }

  void ground(Flight& flight) {
    if (!flight.transfer) return;
    CURL* const easy = flight.transfer->handle();
    if (by_handle.erase(easy) > 0) ::curl_multi_remove_handle(multi, easy);
    flight.transfer.reset();
  }

  Result<void> begin(Flight& flight) {
    SEAWALL_TRY(flight.url, http_url_from_text(flight.request.url));
    SEAWALL_CHECK(check_request(flight.request, flight.url));
    return take_off(flight);
  }

  /// What is to be given of a transfer that ended; none: it was sent on and is under way again.
  std::optional<Result<FetchResponse>> landed(Flight& flight, CURLcode code) {
    auto response = flight.transfer->finish(code);
    ground(flight);
    // No host: what fails is told of the stream or document by its name, and its address by nobody.
    if (!response) return tl::unexpected(std::move(response).error());
    if (!is_redirect(flight.request, *response)) return response;
    if (flight.redirects++ == kRedirectsMax) return fail(Code::kUnavailable, "redirects too often");
    auto to = redirected(flight.request, flight.url, response->header("location"));
    if (!to) return fail(to.error().code, "redirects to where it is not followed");
    flight.url = *std::move(to);
    if (auto off = take_off(flight); !off) {
      ground(flight);
      return tl::unexpected(std::move(off).error());
    }
    return std::nullopt;
  }

  void collect() {
    int running = 0;
    ::curl_multi_perform(multi, &running);
    int left = 0;
    while (const CURLMsg* message = ::curl_multi_info_read(multi, &left)) {
      const auto at = by_handle.find(message->easy_handle);
      if (message->msg != CURLMSG_DONE || at == by_handle.end()) continue;
      Flight& flight = *at->second;
      if (auto response = landed(flight, message->data.result)) {
        done.push_back({flight.id, *std::move(response), to_text(flight.url)});
        flights.erase(flight.id);
      }
    }
  }

  CurlOptions options;
  Authorities authorities;
  CURLM* multi;
  std::unordered_map<std::uint64_t, std::unique_ptr<Flight>> flights;
  std::unordered_map<CURL*, Flight*> by_handle;
  std::vector<FetchDone> done;
  std::atomic<bool> woken = false;
};

CurlAsyncFetcher::CurlAsyncFetcher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CurlAsyncFetcher::~CurlAsyncFetcher() = default;

Result<std::unique_ptr<CurlAsyncFetcher>> CurlAsyncFetcher::open(CurlOptions options) {
  SEAWALL_CHECK(check_curl());
  auto impl = std::make_unique<Impl>(std::move(options));
  SEAWALL_TRY(impl->authorities, Authorities::open(impl->options.ca_file));
  const bool usable =
      impl->multi != nullptr &&
      ::curl_multi_setopt(impl->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, kConnectionsMax) == CURLM_OK &&
      ::curl_multi_setopt(impl->multi, CURLMOPT_MAX_HOST_CONNECTIONS, kConnectionsOfHostMax) == CURLM_OK &&
      ::curl_multi_setopt(impl->multi, CURLMOPT_MAXCONNECTS, kConnectionsMax) == CURLM_OK;
  if (!usable) return fail(Code::kUnavailable, "libcurl gave no handle");
  return std::unique_ptr<CurlAsyncFetcher>(new CurlAsyncFetcher(std::move(impl)));
}

void CurlAsyncFetcher::start(std::uint64_t id, FetchRequest request) {
  auto flight = std::make_unique<Impl::Flight>();
  flight->id = id;
  flight->end = std::chrono::steady_clock::now() + request.deadline;
  flight->request = std::move(request);
  if (auto begun = impl_->begin(*flight); !begun) {
    impl_->ground(*flight);
    impl_->done.push_back({id, tl::unexpected(std::move(begun).error()), flight->request.url});
    return;
  }
  impl_->flights.insert_or_assign(id, std::move(flight));
}

void CurlAsyncFetcher::cancel(std::uint64_t id) {
  std::erase_if(impl_->done, [id](const FetchDone& each) { return each.id == id; });
  const auto at = impl_->flights.find(id);
  if (at == impl_->flights.end()) return;
  impl_->ground(*at->second);
  impl_->flights.erase(at);
}

std::vector<FetchDone> CurlAsyncFetcher::wait(milliseconds at_most) {
  const auto end = std::chrono::steady_clock::now() + at_most;
  while (true) {
    impl_->collect();
    const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    if (!impl_->done.empty() || impl_->woken.exchange(false) || left.count() <= 0)
      return std::exchange(impl_->done, {});
    ::curl_multi_poll(impl_->multi, nullptr, 0, static_cast<int>(std::min(left, kPollMost).count()), nullptr);
  }
}

std::size_t CurlAsyncFetcher::under_way() const { return impl_->flights.size() + impl_->done.size(); }

void CurlAsyncFetcher::wake() {
  impl_->woken = true;
  ::curl_multi_wakeup(impl_->multi);
}

}  // namespace seawall
