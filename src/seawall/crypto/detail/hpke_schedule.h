#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "seawall/base/digests.h"

namespace seawall::hpke_detail {

/// ExtractAndExpand() of DHKEM(X25519, HKDF-SHA256). RFC 9180 section 4.1. `dh`, `enc`, `to`: 32 bytes each.
[[nodiscard]] Sha256 shared_secret(std::string_view dh, std::string_view enc, std::string_view to);

/// Key and first nonce. A suite with shorter keys uses the first bytes of `key`.
struct Schedule {
  Sha256 key{};
  std::array<std::byte, 12> nonce{};
};
/// KeySchedule() of base mode with HKDF-SHA256. RFC 9180 section 5.1. `aead`: 1 or 2, AES-128-GCM or
/// AES-256-GCM. Both results are secrets.
[[nodiscard]] Schedule key_schedule(const Sha256& shared, std::string_view info, std::uint8_t aead);

}  // namespace seawall::hpke_detail
