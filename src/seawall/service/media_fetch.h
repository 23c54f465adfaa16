#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "seawall/http/body_bytes.h"
#include "seawall/net/fetcher.h"

namespace seawall {

/// Fetches media that a caller names. What may be connected to is the fetcher's to decide (CurlOptions).
/// Threads: any; blocks until its deadline. Lifetime: borrows the fetcher.
class MediaFetch {
 public:
  struct Limits {
    std::size_t bytes_max = std::size_t{256} << 20;
    std::chrono::milliseconds deadline{20'000};
    bool allowed = true;  ///< False: the operator wants nothing fetched.
  };
  MediaFetch(Fetcher& fetcher, std::stop_token stop, const Limits& limits)
      : fetcher_(fetcher), stop_(std::move(stop)), limits_(limits) {}

  struct Media {
    BodyBytes bytes;           ///< Perhaps none.
    std::string content_type;  ///< As the remote says; perhaps empty.
  };
  /// What is behind `url`. Errors: kInvalidInput (no address that may be fetched), kUnavailable (no answer,
  /// or another than 2xx), kLimitExceeded. Messages hold nothing of the address.
  Result<Media> fetch_media(const std::string& url, std::chrono::steady_clock::time_point no_later_than);
  /// Its bytes, at least one. Errors: as above.
  Result<BodyBytes> fetch(const std::string& url, std::chrono::steady_clock::time_point no_later_than);

 private:
  Fetcher& fetcher_;
  std::stop_token stop_;
  Limits limits_;
};

}  // namespace seawall
