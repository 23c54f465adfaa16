#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "seawall/net/fetcher.h"

namespace seawall {

/// Passes requests on with tight limits and notes how the last one was answered: for a look at a remote that
/// costs little. Threads: one. Lifetime: borrows the fetcher.
class ProbeFetcher final : public Fetcher {
 public:
  static constexpr std::uint64_t kBytesMax = 1 << 20;
  static constexpr std::chrono::seconds kDeadline{30};

  explicit ProbeFetcher(Fetcher& fetcher) : fetcher_(fetcher) {}

  Result<FetchResponse> fetch(const FetchRequest& request, std::stop_token stop) override {
    FetchRequest small = request;
    small.response_bytes_max = std::min(small.response_bytes_max, kBytesMax);
    small.deadline = std::min(small.deadline, std::chrono::milliseconds(kDeadline));
    auto response = fetcher_.fetch(small, std::move(stop));
    status_.reset();
    if (response) status_ = response->status;
    too_long_ = !response && response.error().code == Code::kLimitExceeded;
    return response;
  }

  /// Of the last answer that came whole.
  [[nodiscard]] std::optional<int> status() const { return status_; }
  /// The last answer had more than kBytesMax: somebody is there and sends a list.
  [[nodiscard]] bool too_long() const { return too_long_; }

 private:
  Fetcher& fetcher_;
  std::optional<int> status_;
  bool too_long_ = false;
};

}  // namespace seawall
