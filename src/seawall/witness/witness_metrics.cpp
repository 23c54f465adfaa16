#include "seawall/metrics/metrics_text.h"
#include "seawall/witness/witness_server.h"

namespace seawall {

std::string witness_metrics(const Witness& witness) {
  const WitnessCounts counts = witness.counts();
  MetricsText out;
  out.family("seawall_witness_signed_total", "counter", "Heads of logs that were signed.");
  out.sample({}, counts.signed_heads);
  out.family("seawall_witness_refused_total", "counter", "Requests that were not signed, by why.");
  out.sample({{"why", "malformed"}}, counts.malformed);
  out.sample({{"why", "unknown_log"}}, counts.unknown);
  out.sample({{"why", "not_signed_by_log"}}, counts.forbidden);
  out.sample({{"why", "stale"}}, counts.stale);
  out.sample({{"why", "inconsistent"}}, counts.inconsistent);
  out.sample({{"why", "failed"}}, counts.failed);
  out.family("seawall_witness_alarms_total", "counter",
             "Signed heads that are not of one log that only grows (split_view), or were not shown to be "
             "(inconsistent), each once.");
  out.sample({{"kind", "split_view"}}, counts.split_views);
  out.sample({{"kind", "inconsistent"}}, counts.suspicions);
  out.family("seawall_witness_logs", "gauge", "Logs that are known here.");
  out.sample({}, static_cast<std::uint64_t>(witness.logs().size()));
  return out.take();
}

}  // namespace seawall
