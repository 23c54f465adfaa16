#pragma once

#include <string>
#include <vector>

#include "seawall/sql/connection.h"
#include "seawall/sql/detail/postgres_link.h"

namespace seawall::sql_detail {

/// A statement that the server has prepared. Values travel in binary; all rows of a result are in memory.
class PostgresStatement final : public SqlStatement {
 public:
  PostgresStatement(PostgresLink& link, std::string name) : link_(link), name_(std::move(name)) {}

  SqlStatement& bind(int place, std::int64_t value) override;
  SqlStatement& bind(int place, std::string_view text) override;
  SqlStatement& bind(int place, std::span<const std::byte> blob) override;
  SqlStatement& bind(int place, std::span<const std::int64_t> values) override;
  Result<bool> step() override;
  Result<std::int64_t> run() override;
  void reset() override;
  [[nodiscard]] std::int64_t integer(int column) const override;
  [[nodiscard]] std::string_view text(int column) const override;
  [[nodiscard]] std::span<const std::byte> blob(int column) const override;
  [[nodiscard]] bool is_null(int column) const override;

 private:
  struct Value {
    std::string owned;  ///< Numbers in network order.
    std::string_view borrowed;
    bool is_owned = false;
    bool there = false;
  };
  Value& value_at(int place);
  Result<void> execute();

  PostgresLink& link_;
  std::string name_;
  std::vector<Value> values_;
  ResultPtr result_;
  int row_ = 0;
};

/// Appends the last `bytes` bytes of `value`, most significant first.
void put_network(std::string& out, std::uint64_t value, int bytes);

}  // namespace seawall::sql_detail
