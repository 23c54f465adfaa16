#pragma once

#include <array>
#include <string>
#include <string_view>

#include "seawall/base/hex.h"
#include "seawall/base/result.h"
#include "seawall/crypto/random_bytes.h"

namespace seawall::streams_detail {

/// `prefix` and 32 hex digits: 128 random bits. Errors: kUnavailable.
inline Result<std::string> random_id(std::string_view prefix) {
  std::array<std::byte, 16> bytes{};
  SEAWALL_CHECK(fill_with_random_bytes(bytes));
  return std::string(prefix) + to_hex(bytes);
}

}  // namespace seawall::streams_detail
