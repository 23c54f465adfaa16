#pragma once

#include <string_view>

#include "seawall/base/result.h"
#include "seawall/net/reach.h"

namespace seawall {

/// Whether a stream's address can be one that is followed, as far as it says itself: a scheme and a host,
/// printable, at most 8 KiB, no user or password before an '@' but of RTSP, and where the host is written as
/// an address (or is localhost), one that may be connected to. What a name stands for is asked when it is
/// connected to. Which schemes there are is for the sources to say. Errors: kInvalidInput, without the
/// address. May ask the system for its interfaces.
Result<void> check_stream_address(std::string_view url, const Reach& reach);

/// What stands before "://", in lower case; empty: nothing does.
[[nodiscard]] std::string stream_scheme(std::string_view url);

}  // namespace seawall
