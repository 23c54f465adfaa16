#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "seawall/http/body_bytes.h"
#include "seawall/net/fetcher.h"
#include "seawall/service/body_budget.h"

namespace seawall {

/// What was fetched: in memory that is neither swapped nor dumped, and counted as the requests' bodies are.
struct FetchedBytes {
  BodyBudget::Share share;  ///< Given back when the bytes are gone.
  BodyBytes body;

  [[nodiscard]] std::span<const std::byte> bytes() const { return body.bytes(); }
  [[nodiscard]] std::size_t size() const { return body.size(); }
};

/// Fetches media that a caller names. What may be connected to is the fetcher's to decide (CurlOptions).
/// Threads: any; blocks until its deadline. Lifetime: borrows the fetcher and the budget.
class MediaFetch {
 public:
  struct Limits {
    std::size_t bytes_max = std::size_t{256} << 20;
    std::chrono::milliseconds deadline{20'000};
    bool allowed = true;  ///< False: the operator wants nothing fetched.
  };
  MediaFetch(Fetcher& fetcher, BodyBudget& bodies, std::stop_token stop, const Limits& limits)
      : fetcher_(fetcher), bodies_(bodies), stop_(std::move(stop)), limits_(limits) {}

  struct Media {
    FetchedBytes bytes;        ///< Perhaps none.
    std::string content_type;  ///< As the remote says; perhaps empty.
  };
  /// What is behind `url`. Errors: kInvalidInput (no address that may be fetched), kUnavailable (no answer,
  /// or another than 2xx, or the budget is used up), kLimitExceeded. Messages hold nothing of the address.
  Result<Media> fetch_media(const std::string& url, std::chrono::steady_clock::time_point no_later_than);
  /// Its bytes, at least one. Errors: as above.
  Result<FetchedBytes> fetch(const std::string& url, std::chrono::steady_clock::time_point no_later_than);

 private:
  Fetcher& fetcher_;
  BodyBudget& bodies_;
  std::stop_token stop_;
  Limits limits_;
};

}  // namespace seawall
