#include "seawall/sql/detail/postgres_bulk.h"

#include <algorithm>
#include <string>

#include "seawall/sql/detail/postgres_statement.h"

namespace seawall::sql_detail {
namespace {

constexpr std::size_t kSendBytes = 256 * 1024;
// Source: PostgreSQL 15, COPY, "Binary Format".
constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);

class PostgresBulk final : public SqlBulk {
 public:
  PostgresBulk(PostgresLink& link, std::size_t columns) : link_(link), columns_(columns) {
    buffer_ = kSignature;
    put_network(buffer_, 0, 8);  // Flags, and no extension.
    start_row();
  }
  PostgresBulk(const PostgresBulk&) = delete;
  PostgresBulk& operator=(const PostgresBulk&) = delete;
  ~PostgresBulk() override {
    if (open_) (void)end("the rows were abandoned").has_value();
  }

  SqlBulk& add(std::int64_t value) override {
    put_network(buffer_, 8, 4);
    put_network(buffer_, static_cast<std::uint64_t>(value), 8);
    return *this;
  }
  SqlBulk& add(std::string_view text) override {
    put_network(buffer_, text.size(), 4);
    buffer_.append(text);
    return *this;
  }
  SqlBulk& add(std::span<const std::byte> blob) override {
    return add(std::string_view(reinterpret_cast<const char*>(blob.data()), blob.size()));
  }
  SqlBulk& add_null() override {
    put_network(buffer_, ~std::uint64_t{0}, 4);
    return *this;
  }
  Result<void> end_row() override {
    whole_ = buffer_.size();
    if (whole_ >= kSendBytes) SEAWALL_CHECK(send());
    start_row();
    return {};
  }
  Result<void> finish() override {
    buffer_.resize(whole_);
    put_network(buffer_, 0xFFFF, 2);
    SEAWALL_CHECK(send());
    return end(nullptr);
  }

 private:
  void start_row() {
    whole_ = buffer_.size();
    put_network(buffer_, columns_, 2);
  }
  Result<void> send() {
    SEAWALL_CHECK(link_.send_copy(buffer_));
    buffer_.clear();
    return {};
  }
  Result<void> end(const char* reason) {
    open_ = false;
    return link_.end_copy(reason);
  }

  PostgresLink& link_;
  std::size_t columns_;
  std::string buffer_;
  std::size_t whole_ = 0;  ///< Bytes of buffer_ up to the last whole row.
  bool open_ = true;
};

}  // namespace

Result<std::unique_ptr<SqlBulk>> begin_copy(PostgresLink& link, std::string_view table,
                                            std::string_view columns) {
  const std::string sql =
      "COPY " + std::string(table) + " (" + std::string(columns) + ") FROM STDIN (FORMAT binary)";
  SEAWALL_TRY(const ResultPtr result, link.run(sql));
  if (PQresultStatus(result.get()) != PGRES_COPY_IN) return failure_of(link.handle(), result.get());
  const auto commas = static_cast<std::size_t>(std::count(columns.begin(), columns.end(), ','));
  return std::make_unique<PostgresBulk>(link, commas + 1);
}

}  // namespace seawall::sql_detail
