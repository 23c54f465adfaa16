#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "seawall/access/operations.h"
#include "seawall/metrics/metrics_text.h"
#include "seawall/model/bank_action.h"

namespace seawall {

/// What was asked and how it went, counted. Threads: any. Cost: a few atomic additions a request.
class ServiceMetrics {
 public:
  static constexpr std::size_t kBuckets = 17;
  using Times = std::array<std::uint64_t, kBuckets>;
  ServiceMetrics();

  /// Requests of an operation by their time, each bucket by itself, since the start.
  [[nodiscard]] Times times(Operation operation) const;
  /// The upper bound of a bucket in seconds: "0.0025"; "+Inf" of the last.
  [[nodiscard]] static std::string bucket_name(std::size_t bucket);

  /// One request answered. `took`: from its head to its answer.
  void answered(Operation operation, int status, std::chrono::nanoseconds took);
  /// A request that named no operation.
  void answered_nothing(int status);
  /// One item looked up. `decided` false: there was no verdict.
  void looked_up(BankAction verdict, bool decided, bool failed);
  /// One request at the gate was decided. `counted_only`: it was let through whatever the verdict.
  void gated(BankAction verdict, bool counted_only);
  void log_line_lost() { log_lines_lost_.fetch_add(1, std::memory_order_relaxed); }
  void write(MetricsText& out) const;

 private:
  using Count = std::atomic<std::uint64_t>;
  static constexpr std::array<double, 16> kBucketsS{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  struct OfOperation {
    std::array<Count, 6> by_class{};  ///< [2]: 200 to 299, ...
    std::array<Count, kBucketsS.size() + 1> by_time{};
    Count sum_ns = 0;
  };

  void write_requests(MetricsText& out) const;
  void write_times(MetricsText& out) const;

  std::unique_ptr<OfOperation[]> operations_;
  std::size_t count_;
  std::array<Count, 6> unrouted_{};
  std::array<Count, 3> verdicts_{};              ///< By BankAction.
  std::array<std::array<Count, 3>, 2> gated_{};  ///< By counted_only, then BankAction.
  Count undecided_ = 0;
  Count failed_ = 0;
  Count log_lines_lost_ = 0;
};

}  // namespace seawall
