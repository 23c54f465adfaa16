#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace seawall {

/// Whether both hold the same bytes, in a time that depends on their length only: for digests and tokens.
/// Different lengths are told apart at once, so those must be no secret.
[[nodiscard]] bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b);
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace seawall
