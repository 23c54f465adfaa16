#include "seawall/service/service_metrics.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "seawall/service/routes.h"

namespace seawall {
namespace {

constexpr std::array<std::string_view, 6> kClasses{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};

std::size_t class_of(int status) { return static_cast<std::size_t>(std::clamp(status / 100, 0, 5)); }

std::uint64_t load(const std::atomic<std::uint64_t>& count) { return count.load(std::memory_order_relaxed); }

void add(std::atomic<std::uint64_t>& count, std::uint64_t more = 1) {
  count.fetch_add(more, std::memory_order_relaxed);
}

std::string text_of(double seconds) {
  std::array<char, 32> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), seconds, std::chars_format::fixed).ptr;
  return {digits.data(), end};
}

}  // namespace

ServiceMetrics::ServiceMetrics()
    : operations_(std::make_unique<OfOperation[]>(operation_rules().size())),
      count_(operation_rules().size()) {}

void ServiceMetrics::answered(Operation operation, int status, std::chrono::nanoseconds took) {
  OfOperation& of = operations_[static_cast<std::size_t>(operation)];
  add(of.by_class[class_of(status)]);
  const double seconds = std::chrono::duration<double>(took).count();
  const auto bucket = std::ranges::lower_bound(kBucketsS, seconds) - kBucketsS.begin();
  add(of.by_time[static_cast<std::size_t>(bucket)]);
  add(of.sum_ns, static_cast<std::uint64_t>(std::max<std::int64_t>(0, took.count())));
}

ServiceMetrics::Times ServiceMetrics::times(Operation operation) const {
  const OfOperation& of = operations_[static_cast<std::size_t>(operation)];
  static_assert(std::tuple_size_v<decltype(of.by_time)> == kBuckets);
  Times times{};
  for (std::size_t b = 0; b < kBuckets; ++b) times[b] = load(of.by_time[b]);
  return times;
}

std::string ServiceMetrics::bucket_name(std::size_t bucket) {
  return bucket < kBucketsS.size() ? text_of(kBucketsS[bucket]) : "+Inf";
}

void ServiceMetrics::answered_nothing(int status) { add(unrouted_[class_of(status)]); }

void ServiceMetrics::looked_up(BankAction verdict, bool decided, bool failed) {
  if (failed) add(failed_);
  add(decided ? verdicts_[static_cast<std::size_t>(verdict)] : undecided_);
}

void ServiceMetrics::gated(BankAction verdict, bool counted_only) {
  add(gated_[counted_only ? 1 : 0][static_cast<std::size_t>(verdict)]);
}

void ServiceMetrics::write_requests(MetricsText& out) const {
  out.family("seawall_requests_total", "counter", "Requests answered, by operation and class of status.");
  for (std::size_t i = 0; i < count_; ++i) {
    for (std::size_t c = 0; c < kClasses.size(); ++c) {
      const auto count = load(operations_[i].by_class[c]);
      if (count == 0) continue;
      const auto& rule = operation_rules()[i];
      out.sample({{"operation", rule.name}, {"path", path_of(rule.operation)}, {"status", kClasses[c]}},
                 count);
    }
  }
  for (std::size_t c = 0; c < kClasses.size(); ++c) {
    if (const auto count = load(unrouted_[c]); count != 0) {
      out.sample({{"operation", "none"}, {"path", "none"}, {"status", kClasses[c]}}, count);
    }
  }
}

void ServiceMetrics::write_times(MetricsText& out) const {
  out.family("seawall_request_seconds", "histogram", "From a request's head to its answer.");
  for (std::size_t i = 0; i < count_; ++i) {
    const OfOperation& of = operations_[i];
    const std::string_view name = operation_rules()[i].name;
    std::uint64_t sum = 0;
    for (const Count& count : of.by_time) sum += load(count);
    if (sum == 0) continue;
    std::uint64_t below = 0;
    for (std::size_t b = 0; b < kBucketsS.size(); ++b) {
      below += load(of.by_time[b]);
      out.whole_of("_bucket", {{"operation", name}, {"le", text_of(kBucketsS[b])}}, below);
    }
    out.whole_of("_bucket", {{"operation", name}, {"le", "+Inf"}}, sum);
    out.sample_of("_sum", {{"operation", name}}, static_cast<double>(load(of.sum_ns)) / 1e9);
    out.whole_of("_count", {{"operation", name}}, sum);
  }
}

void ServiceMetrics::write(MetricsText& out) const {
  write_requests(out);
  write_times(out);
  out.family("seawall_lookups_total", "counter", "Items looked up, by verdict; none: there was no verdict.");
  for (const auto verdict : {BankAction::kBlock, BankAction::kReview, BankAction::kAllow}) {
    out.sample({{"verdict", name_of(verdict)}}, load(verdicts_[static_cast<std::size_t>(verdict)]));
  }
  out.sample({{"verdict", "none"}}, load(undecided_));
  out.family("seawall_gate_total", "counter", "Requests decided at /v1/gate, by its mode and their verdict.");
  for (const auto verdict : {BankAction::kBlock, BankAction::kReview, BankAction::kAllow}) {
    const auto at = static_cast<std::size_t>(verdict);
    out.sample({{"mode", "refuse"}, {"verdict", name_of(verdict)}}, load(gated_[0][at]));
    out.sample({{"mode", "count"}, {"verdict", name_of(verdict)}}, load(gated_[1][at]));
  }
  out.family("seawall_lookups_failed_total", "counter", "Items of which a part of the work failed.");
  out.sample({}, load(failed_));
  out.family("seawall_log_lines_lost_total", "counter", "Lines of the log that its writer could not take.");
  out.sample({}, load(log_lines_lost_));
}

}  // namespace seawall
