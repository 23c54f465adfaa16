#pragma once

#include <chrono>
#include <stop_token>

#include "seawall/net_curl/detail/multi_pool.h"
#include "seawall/net_curl/detail/transfer.h"

namespace seawall {

/// Drives one transfer alone, in a handle of the pool that keeps nothing of it. Blocks until `end` at the
/// latest. Errors: as Fetcher, without the host.
Result<FetchResponse> run_to_end(Transfer& transfer, MultiPool& handles,
                                 std::chrono::steady_clock::time_point end, std::stop_token stop);

}  // namespace seawall
