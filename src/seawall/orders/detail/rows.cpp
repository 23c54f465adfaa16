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

Result<Lent> Prepared::lend(const char* sql) {
  const auto known = all_.find(sql);
  if (known != all_.end()) return Lent(known->second);
  SEAWALL_TRY(Statement statement, database_.prepare(sql));
  return Lent(all_.emplace(sql, std::move(statement)).first->second);
}

Result<std::int64_t> one_number(Prepared& prepared, const char* sql, std::optional<std::string_view> of) {
  SEAWALL_TRY(const Lent read, prepared.lend(sql));
  if (of) read->bind(1, *of);
  SEAWALL_TRY(const bool any, read->step());
  return any ? read->integer(0) : 0;
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

LogKind log_kind_of(OrderAction action) {
  if (action == OrderAction::kObservationLookup) return LogKind::kObservationLookup;
  return action == OrderAction::kExport ? LogKind::kExport : LogKind::kDisclosure;
}

std::string void_record(std::string_view id, std::uint64_t used) {
  Json json;
  json["error"] = "unconfirmed-urgent-order";
  json["order"] = id;
  json["used"] = used;
  return canonical_json(json).value_or("{}");
}

}  // namespace seawall::order_rows
