#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/orders/order_use.h"
#include "seawall/tlog/keys.h"

namespace seawall {

/// The log that a vault believes, by its public keys, and how many of its witnesses must have seen what is
/// shown.
struct TrustedLog {
  std::string origin;
  std::vector<tlog::VerifierKey> keys;
  std::vector<tlog::VerifierKey> witnesses;
  std::size_t quorum = 0;
};
/// Errors: kInvalidInput (no key of the log, a quorum that its witnesses cannot reach).
Result<void> check_trusted_log(const TrustedLog& log);

/// The place of `entry` in the log, if `proof` (C2SP tlog-proof) shows that it is there; nullopt else.
[[nodiscard]] std::optional<std::uint64_t> place_in_log(const TrustedLog& log, std::string_view entry,
                                                        std::string_view proof);

}  // namespace seawall
