#include "seawall/sql/detail/postgres_statement.h"

#include <cstdlib>

namespace seawall::sql_detail {
namespace {

constexpr std::uint64_t kInt8Oid = 20;  // pg_type.dat

}  // namespace

void put_network(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
}

PostgresStatement::Value& PostgresStatement::value_at(int place) {
  const auto index = static_cast<std::size_t>(place - 1);
  if (values_.size() <= index) values_.resize(index + 1);
  Value& value = values_[index];
  value.there = true;
  value.owned.clear();
  return value;
}

SqlStatement& PostgresStatement::bind(int place, std::int64_t number) {
  Value& value = value_at(place);
  value.is_owned = true;
  put_network(value.owned, static_cast<std::uint64_t>(number), 8);
  return *this;
}

SqlStatement& PostgresStatement::bind(int place, std::string_view text) {
  Value& value = value_at(place);
  value.is_owned = false;
  value.borrowed = text.data() == nullptr ? std::string_view("") : text;
  return *this;
}

SqlStatement& PostgresStatement::bind(int place, std::span<const std::byte> blob) {
  return bind(place, std::string_view(reinterpret_cast<const char*>(blob.data()), blob.size()));
}

// An array in binary: dimensions, flags, type; length and first index; then each value with its length.
// Source: PostgreSQL, src/backend/utils/adt/arrayfuncs.c, array_recv.
SqlStatement& PostgresStatement::bind(int place, std::span<const std::int64_t> numbers) {
  Value& value = value_at(place);
  value.is_owned = true;
  std::string& out = value.owned;
  put_network(out, numbers.empty() ? 0 : 1, 4);
  put_network(out, 0, 4);
  put_network(out, kInt8Oid, 4);
  if (numbers.empty()) return *this;
  put_network(out, numbers.size(), 4);
  put_network(out, 1, 4);
  for (const std::int64_t number : numbers) {
    put_network(out, 8, 4);
    put_network(out, static_cast<std::uint64_t>(number), 8);
  }
  return *this;
}

Result<void> PostgresStatement::execute() {
  std::vector<const char*> data;
  std::vector<int> lengths;
  const std::vector<int> formats(values_.size(), 1);
  for (const Value& value : values_) {
    const std::string_view bytes = value.is_owned ? std::string_view(value.owned) : value.borrowed;
    data.push_back(value.there ? bytes.data() : nullptr);
    lengths.push_back(static_cast<int>(bytes.size()));
  }
  const auto send = [&](PGconn* to) {
    return PQsendQueryPrepared(to, name_.c_str(), static_cast<int>(values_.size()), data.data(),
                               lengths.data(), formats.data(), 1);
  };
  auto result = link_.ask(send);
  if (!result) {
    reset();
    return tl::unexpected(std::move(result).error());
  }
  result_ = *std::move(result);
  row_ = -1;
  return {};
}

Result<bool> PostgresStatement::step() {
  if (result_ == nullptr) SEAWALL_CHECK(execute());
  return ++row_ < PQntuples(result_.get());
}

Result<std::int64_t> PostgresStatement::run() {
  SEAWALL_CHECK(execute());
  const std::int64_t rows = std::strtoll(PQcmdTuples(result_.get()), nullptr, 10);
  reset();
  return rows;
}

void PostgresStatement::reset() {
  result_.reset();
  for (Value& value : values_) value.there = false;
}

std::int64_t PostgresStatement::integer(int column) const {
  std::uint64_t value = 0;
  const auto bytes = blob(column);
  if (bytes.empty()) return 0;
  // Integers of 2, 4 and 8 bytes; the sign of the first byte goes on.
  if (std::to_integer<unsigned>(bytes.front()) >= 0x80) value = ~value;
  for (const std::byte byte : bytes) value = (value << 8) | std::to_integer<std::uint64_t>(byte);
  return static_cast<std::int64_t>(value);
}

std::string_view PostgresStatement::text(int column) const {
  const auto bytes = blob(column);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> PostgresStatement::blob(int column) const {
  return {reinterpret_cast<const std::byte*>(PQgetvalue(result_.get(), row_, column)),
          static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

bool PostgresStatement::is_null(int column) const { return PQgetisnull(result_.get(), row_, column) == 1; }

}  // namespace seawall::sql_detail
