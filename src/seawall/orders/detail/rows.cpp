#include "seawall/orders/detail/rows.h"

#include "seawall/statement/canonical_json.h"

namespace seawall::order_rows {

Result<std::int64_t> one_number(Database& database, std::string_view sql,
                                std::optional<std::string_view> of) {
  SEAWALL_TRY(Statement read, database.prepare(sql));
  if (of) read.bind(1, *of);
  SEAWALL_TRY(const bool any, read.step());
  return any ? read.integer(0) : 0;
}

Result<bool> exists(Database& database, std::string_view sql, std::string_view of) {
  SEAWALL_TRY(Statement read, database.prepare(sql));
  return read.bind(1, of).step();
}

Result<SignedStatement> statement_from(std::string_view text) {
  auto statement = SignedStatement::from_text(text);
  if (!statement) return fail(Code::kCorrupt, "the order book holds a statement that cannot be read");
  return statement;
}

std::string void_record(std::string_view id, std::uint64_t used) {
  Json json;
  json["error"] = "unconfirmed-urgent-order";
  json["order"] = id;
  json["used"] = used;
  return canonical_json(json).value_or("{}");
}

}  // namespace seawall::order_rows
