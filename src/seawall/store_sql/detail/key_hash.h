#pragma once

#include <cstdint>
#include <string_view>

#include "seawall/model/list_ids.h"

namespace seawall::store_sql_detail {

/// The keys of one (bank, source).
[[nodiscard]] constexpr std::int64_t scope_of(BankId bank, SourceId source) {
  return static_cast<std::int64_t>((std::uint64_t{static_cast<std::uint32_t>(bank)} << 32) |
                                   static_cast<std::uint32_t>(source));
}

/// SipHash-1-3 of a key with a fixed key of its own: stored in the database, so it never changes. Two keys
/// may share a hash: who looks one up compares the keys. A body that lists keys has no quick way to make many
/// share one. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, section 2.
[[nodiscard]] std::uint64_t key_hash(std::string_view key);

}  // namespace seawall::store_sql_detail
