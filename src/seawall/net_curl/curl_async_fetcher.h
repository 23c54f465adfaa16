#pragma once

#include <memory>

#include "seawall/net/async_fetcher.h"
#include "seawall/net_curl/curl_fetcher.h"

namespace seawall {

/// AsyncFetcher over one multi handle of libcurl. As CurlFetcher, but connections, names and TLS sessions are
/// kept between requests, since the same servers are asked again and again; which addresses may be reached is
/// checked when a connection is made. At most kConnectionsMax at once, kConnectionsOfHostMax to one host;
/// what is more waits, within its deadline. Threads: as AsyncFetcher.
class CurlAsyncFetcher final : public AsyncFetcher {
 public:
  static constexpr long kConnectionsMax = 512;
  static constexpr long kConnectionsOfHostMax = 64;

  /// Errors: as CurlFetcher::open().
  static Result<std::unique_ptr<CurlAsyncFetcher>> open(CurlOptions options);
  ~CurlAsyncFetcher() override;

  void start(std::uint64_t id, FetchRequest request) override;
  void cancel(std::uint64_t id) override;
  std::vector<FetchDone> wait(std::chrono::milliseconds at_most) override;
  [[nodiscard]] std::size_t under_way() const override;
  void wake() override;

 private:
  struct Impl;
  explicit CurlAsyncFetcher(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace seawall
