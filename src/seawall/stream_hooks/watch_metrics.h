#pragma once

#include <string>
#include <vector>

#include "seawall/metrics/metrics_text.h"
#include "seawall/stream_watch/watch_told.h"

namespace seawall {

/// What is of all streams together, in a service's metrics: no stream is named.
void write_watch_metrics(MetricsText& out, const std::vector<WatchState>& states, const WatchCounts& counts);
/// A watch as Prometheus reads it (text format 0.0.4). Streams are labelled by the names that they were
/// given: never by an address.
[[nodiscard]] std::string watch_metrics(const std::vector<WatchState>& states, const WatchCounts& counts,
                                        Time now);
/// The same as one JSON document: {"streams":[...],"counts":{...}}.
[[nodiscard]] std::string watch_states_json(const std::vector<WatchState>& states, const WatchCounts& counts);

}  // namespace seawall
