#pragma once

#include <cstddef>
#include <span>

#include "seawall/base/result.h"

namespace seawall {

/// Fills `out` with bytes that nobody can foretell: for secrets, salts and nonces. Errors: kUnavailable.
/// Threads: any. Source: OpenSSL's generator for private values, seeded by the kernel.
Result<void> fill_with_random_bytes(std::span<std::byte> out);

}  // namespace seawall
