#pragma once

#include <memory>

#include "seawall/base/result.h"
#include "seawall/stream_link/wires.h"

namespace seawall {

/// SRT by libsrt: connections that call, of SrtStreams, in live mode. All calls leave by one port for IPv4
/// and one for IPv6: libsrt has two threads for each of these, and one a stream, which keeps its time. What
/// libsrt would say goes nowhere: it names addresses. Errors: kUnavailable. Lifetime: while any is there,
/// libsrt runs. Threads: as Wires.
Result<std::unique_ptr<Wires>> open_srt_wires();

}  // namespace seawall
