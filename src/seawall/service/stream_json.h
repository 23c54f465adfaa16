#pragma once

#include <string>
#include <vector>

#include "seawall/streams/stream_desk.h"

namespace seawall {

/// Stream of docs/openapi.yaml on one line; no address, of the stream or of its webhook. `banks`: the names
/// of its banks; none: all of the tenant.
[[nodiscard]] std::string stream_json(const StreamView& view, const std::vector<std::string>& banks);
/// StreamLoad of docs/openapi.yaml on one line.
[[nodiscard]] std::string load_json(const StreamLoad& load);

}  // namespace seawall
