#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>

#include "seawall/follow/list_follower.h"
#include "seawall/http/server.h"
#include "seawall/lookup/list_keeper.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"
#include "seawall/service/body_budget.h"
#include "seawall/service/call.h"
#include "seawall/service/lanes.h"
#include "seawall/service/service_metrics.h"
#include "seawall/service/videos.h"

namespace seawall {

/// Whether this server should get traffic.
enum class Readiness : std::uint8_t { kReady, kLoading, kStale, kDraining, kNoDecoder, kStore };
/// "ready", "loading", "stale", "draining", "no-decoder", "store".
[[nodiscard]] std::string_view name_of(Readiness readiness);

/// GET /v1/status, /healthz/live, /healthz/ready, /metrics, /problems/{problem}, and HMA's /status and
/// /status/live. Threads: any. Lifetime: borrows its parts.
class StatusCalls {
 public:
  struct Parts {
    const ListFollower& lists;
    const ListKeeper& keeper;
    Lanes& lanes;
    const BodyBudget& bodies;
    const ServiceMetrics& metrics;
    std::function<HttpCounters()> server;
    std::function<SandboxStats()> decoders;
    std::function<VideoStatus()> videos;
    std::function<bool()> decoder_works;
    std::function<bool()> store_works;  ///< Must not block, as the next.
    std::function<bool()> lets_in;      ///< False: the store has been away for so long that nobody gets in.
    std::string version;                ///< Of the program.
    std::chrono::milliseconds stale_after{300'000};
    /// When the first certificate of the listeners ends; none without TLS.
    std::function<std::optional<std::chrono::sys_seconds>()> certificate_end;
    std::function<void(MetricsText&)> streams;  ///< Writes what is of live streams.
  };
  explicit StatusCalls(Parts parts) : parts_(std::move(parts)) {}
  void serve(ServedOperations& operations);
  void set_draining() { draining_ = true; }
  [[nodiscard]] Readiness readiness() const;

 private:
  [[nodiscard]] CallResult status() const;
  [[nodiscard]] CallResult metrics() const;
  [[nodiscard]] static CallResult problem(const Call& call);
  void write_server(MetricsText& out) const;
  void write_lists(MetricsText& out) const;
  void write_lanes(MetricsText& out) const;
  void write_decoders(MetricsText& out) const;
  void write_videos(MetricsText& out) const;

  Parts parts_;
  std::atomic<bool> draining_ = false;
};

}  // namespace seawall
