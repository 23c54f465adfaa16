#pragma once

#include <cstddef>
#include <span>

#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"

namespace seawall {

/// A copy of the bytes as a file without a name, in memory, that decoders can read at any place; gone when
/// its descriptor is closed. Errors: kUnavailable (no memory).
Result<UniqueFd> file_in_memory(std::span<const std::byte> bytes);

}  // namespace seawall
