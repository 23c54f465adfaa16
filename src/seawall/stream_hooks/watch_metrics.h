#pragma once

#include <string>
#include <vector>

#include "seawall/stream_watch/watch_told.h"

namespace seawall {

/// A watch as Prometheus reads it (text format 0.0.4). Streams are labelled by the names that they were
/// given: never by an address.
[[nodiscard]] std::string watch_metrics(const std::vector<WatchState>& states, const WatchCounts& counts,
                                        Time now);
/// The same as one JSON document: {"streams":[...],"counts":{...}}.
[[nodiscard]] std::string watch_states_json(const std::vector<WatchState>& states, const WatchCounts& counts);

}  // namespace seawall
