#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "seawall/access/throttle.h"
#include "seawall/base/clock.h"
#include "seawall/metrics/metrics_text.h"
#include "seawall/net/network.h"
#include "seawall/public_report/report_book.h"
#include "seawall/public_report/report_page.h"
#include "seawall/service/list_scope.h"
#include "seawall/service/report_settings.h"

namespace seawall {

/// How many reports one network, and all together, may send. In memory alone: networks are counted by a keyed
/// hash whose key is made anew each day, so that nobody can say later who came. Threads: any.
class ReportGate {
 public:
  static Result<std::unique_ptr<ReportGate>> make(const Clock& clock, const ReportSettings& settings);
  /// Seconds to wait; none: it may be sent, and is counted. Errors: kUnavailable (no random bytes).
  Result<std::optional<std::uint32_t>> take(const PeerAddress& peer);

 private:
  ReportGate(const Clock& clock, const ReportSettings& settings) : clock_(clock), settings_(settings) {}
  Result<void> renew();

  const Clock& clock_;
  const ReportSettings settings_;
  std::mutex mutex_;  // Guards what follows.
  std::optional<Throttle> networks_, all_;
  std::int64_t day_ = -1;
};

/// The public page at /report, and what people do with the reports at /v1/reports. Threads: any. Lifetime:
/// borrows its parts.
class ReportCalls {
 public:
  struct Parts {
    ReportBook* book = nullptr;  ///< None: the settings have no [public_report].
    ReportGate* gate = nullptr;
    std::string house, tenant;
  };
  /// Errors: those of help_lines().
  static Result<std::unique_ptr<ReportCalls>> make(Parts parts);
  void serve(ServedOperations& operations);
  void write_metrics(MetricsText& out) const;

 private:
  ReportCalls(Parts parts, ReportPages pages) : parts_(std::move(parts)), pages_(std::move(pages)) {}
  CallResult page(const Call& call);
  CallResult send(const Call& call);
  CallResult state(const Call& call);
  CallResult list(const Call& call);
  CallResult show(const Call& call);
  CallResult claim(const Call& call);
  CallResult decide(const Call& call);
  CallResult note(const Call& call);
  [[nodiscard]] CallResult html(int status, std::string text) const;
  CallResult after(const Call& call, Result<void> done, ReportRefusal why);
  [[nodiscard]] Called<std::int64_t> report_in(const Call& call) const;

  Parts parts_;
  ReportPages pages_;
  std::atomic<std::uint64_t> taken_{0}, refused_{0}, wrong_{0}, full_{0};
};

}  // namespace seawall
