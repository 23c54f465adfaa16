#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "seawall/base/digests.h"

namespace seawall {

/// HMAC (RFC 2104) with SHA-256 and, for RFC 4226 alone, with SHA-1. Keys of any length.
/// Threads: any. Source: OpenSSL.
[[nodiscard]] Sha256 hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message);
[[nodiscard]] Sha256 hmac_sha256(std::span<const std::byte> key, std::string_view message);
[[nodiscard]] Sha1 hmac_sha1(std::span<const std::byte> key, std::span<const std::byte> message);

}  // namespace seawall
