#pragma once

#include <memory>
#include <optional>
#include <string>

#include "seawall/doctor/finding.h"
#include "seawall/doctor/setup_checks.h"
#include "seawall/net/fetcher.h"

namespace seawall {

/// A service that runs, and what it should be like.
struct RunningServer {
  std::string url;                              ///< "https://seawall.example:8443".
  std::shared_ptr<const Secret> authorization;  ///< Of a key with the scope `status`; null: readiness alone.
  std::string version;                          ///< Of this program.
  std::chrono::milliseconds stale_after{300'000};
  StoreStand store;  ///< To compare its lists with.
};

/// Asks /healthz/ready, and with a key /v1/status: version, age and version of its lists, decoder processes.
/// Blocks for 10 s at most each.
[[nodiscard]] Findings check_server(const RunningServer& server, Fetcher& fetcher);

}  // namespace seawall
