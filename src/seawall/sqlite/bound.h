#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "seawall/sqlite/database.h"

// One statement a line. What is bound must outlive the statement that bound() gives; run_bound() ends within.
namespace seawall::sqlite_bound {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

[[nodiscard]] inline std::int64_t ms_of(Time time) { return time.time_since_epoch().count(); }
[[nodiscard]] inline Time time_of(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

inline void bind_one(Statement& to, int place, std::int64_t value) { to.bind(place, value); }
inline void bind_one(Statement& to, int place, std::string_view value) { to.bind(place, value); }
inline void bind_one(Statement& to, int place, const std::string& value) {
  to.bind(place, std::string_view(value));
}
inline void bind_one(Statement& to, int place, Time value) { to.bind(place, ms_of(value)); }
inline void bind_one(Statement& to, int place, std::span<const std::byte> value) { to.bind(place, value); }
template <class T>
void bind_one(Statement& to, int place, const std::optional<T>& value) {
  if (value) {
    bind_one(to, place, *value);
  } else {
    to.bind_null(place);
  }
}

template <class... Values>
Result<Statement> bound(Database& database, std::string_view sql, const Values&... values) {
  SEAWALL_TRY(Statement statement, database.prepare(sql));
  int place = 0;
  (bind_one(statement, ++place, values), ...);
  return statement;
}

template <class... Values>
Result<void> run_bound(Database& database, std::string_view sql, const Values&... values) {
  SEAWALL_TRY(Statement statement, bound(database, sql, values...));
  return statement.run();
}

/// The first column of the first row; none without a row.
template <class... Values>
Result<std::optional<std::int64_t>> number_of(Database& database, std::string_view sql,
                                              const Values&... values) {
  SEAWALL_TRY(Statement statement, bound(database, sql, values...));
  SEAWALL_TRY(const bool any, statement.step());
  if (!any || statement.is_null(0)) return std::nullopt;
  return statement.integer(0);
}

[[nodiscard]] inline std::string_view text_of(std::span<const std::byte> blob) {
  return {reinterpret_cast<const char*>(blob.data()), blob.size()};
}
[[nodiscard]] inline std::span<const std::byte> blob_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace seawall::sqlite_bound
