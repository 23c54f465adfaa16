#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "seawall/model/list_ids.h"
#include "seawall/sqlite/database.h"

namespace seawall::vault_rows {

inline constexpr std::int64_t kHourMs = 3'600'000;
inline constexpr std::int64_t kDayMs = 24 * kHourMs;

[[nodiscard]] inline std::int64_t ms_of(Time time) { return time.time_since_epoch().count(); }
[[nodiscard]] inline Time time_of(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }
[[nodiscard]] inline std::span<const std::byte> blob_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}
[[nodiscard]] inline std::string_view text_of(std::span<const std::byte> blob) {
  return {reinterpret_cast<const char*>(blob.data()), blob.size()};
}
[[nodiscard]] inline std::uint64_t count_of(std::int64_t number) {
  return static_cast<std::uint64_t>(number);
}

/// The first column of the first row; 0 without one.
inline Result<std::int64_t> one_number(Database& database, std::string_view sql) {
  SEAWALL_TRY(Statement read, database.prepare(sql));
  SEAWALL_TRY(const bool any, read.step());
  return any ? read.integer(0) : 0;
}

}  // namespace seawall::vault_rows
