#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/model/list_ids.h"
#include "seawall/sqlite/database.h"
#include "seawall/statement/signed_statement.h"

namespace seawall::order_rows {

[[nodiscard]] inline std::int64_t ms_of(Time time) { return time.time_since_epoch().count(); }
[[nodiscard]] inline Time time_of(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

/// The first column of the first row; 0 without one. `of`: the first parameter, where it has one.
Result<std::int64_t> one_number(Database& database, std::string_view sql, std::optional<std::string_view> of);
Result<bool> exists(Database& database, std::string_view sql, std::string_view of);
/// A statement that the book has kept. Errors: kCorrupt.
Result<SignedStatement> statement_from(std::string_view text);
/// What the log's entry of an urgent order that became void after its use stands for.
[[nodiscard]] std::string void_record(std::string_view id, std::uint64_t used);

}  // namespace seawall::order_rows
