#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "seawall/model/list_ids.h"
#include "seawall/orders/order.h"
#include "seawall/sqlite/database.h"
#include "seawall/statement/log_entry.h"
#include "seawall/statement/signed_statement.h"

namespace seawall::order_rows {

[[nodiscard]] inline std::int64_t ms_of(Time time) { return time.time_since_epoch().count(); }
[[nodiscard]] inline Time time_of(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

/// A prepared statement that is made ready again when its user is done with it. Lifetime: the book's.
class Lent {
 public:
  explicit Lent(Statement& statement) : statement_(&statement) {}
  Lent(Lent&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Lent& operator=(Lent&&) = delete;
  ~Lent() {
    if (statement_ != nullptr) statement_->reset();
  }
  Statement* operator->() const { return statement_; }

 private:
  Statement* statement_;
};

/// Statements of one connection, each prepared once: what each use of an order runs. Nobody borrows one that
/// is lent. `sql`: a literal.
class Prepared {
 public:
  explicit Prepared(Database& database) : database_(database) {}
  Result<Lent> lend(const char* sql);

 private:
  Database& database_;
  std::map<const char*, Statement> all_;
};

/// The first column of the first row; 0 without one. `of`: the first parameter, where it has one.
Result<std::int64_t> one_number(Database& database, std::string_view sql, std::optional<std::string_view> of);
Result<std::int64_t> one_number(Prepared& prepared, const char* sql, std::optional<std::string_view> of);
Result<bool> exists(Database& database, std::string_view sql, std::string_view of);
/// A statement that the book has kept. Errors: kCorrupt.
Result<SignedStatement> statement_from(std::string_view text);
[[nodiscard]] LogKind log_kind_of(OrderAction action);
/// What the log's entry of an urgent order that became void after its use stands for.
[[nodiscard]] std::string void_record(std::string_view id, std::uint64_t used);

}  // namespace seawall::order_rows
