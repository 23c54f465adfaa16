#include "seawall/sql/postgres_connection.h"

#include <poll.h>

#include <cerrno>
#include <map>
#include <utility>

#include "seawall/sql/detail/postgres_bulk.h"
#include "seawall/sql/detail/postgres_link.h"
#include "seawall/sql/detail/postgres_result.h"
#include "seawall/sql/detail/postgres_statement.h"

namespace seawall {
namespace {

using sql_detail::PostgresLink;
using sql_detail::PostgresStatement;
using sql_detail::ResultPtr;

class PostgresConnection final : public SqlConnection {
 public:
  PostgresConnection(std::unique_ptr<PostgresLink> link, const SqlOptions& options)
      : link_(std::move(link)), options_(options) {}

  [[nodiscard]] SqlDialect dialect() const override { return SqlDialect::kPostgres; }
  Result<SqlStatement*> statement(std::string_view sql) override;
  Result<void> run(std::string_view sql) override {
    SEAWALL_TRY(const ResultPtr result, link_->run(sql));
    return {};
  }
  Result<std::unique_ptr<SqlBulk>> bulk(std::string_view table, std::string_view columns) override {
    return sql_detail::begin_copy(*link_, table, columns);
  }
  Result<void> begin(SqlBegin kind) override;
  Result<void> commit() override;
  void rollback() override;
  Result<void> listen(std::string_view channel) override { return run("LISTEN " + std::string(channel)); }
  Result<void> wait_for_news(std::chrono::milliseconds deadline) override;
  [[nodiscard]] bool usable() override;

  Result<void> set_up();

 private:
  bool take_news();

  [[nodiscard]] PGconn* handle() const { return link_->handle(); }

  std::unique_ptr<PostgresLink> link_;
  SqlOptions options_;
  std::map<std::string, std::unique_ptr<PostgresStatement>, std::less<>> statements_;
  std::uint64_t prepared_ = 0;
};

Result<void> PostgresConnection::set_up() {
  statements_.clear();
  return run(
      "SET client_encoding = 'UTF8'; SET statement_timeout = " + std::to_string(options_.statement_ms) +
      "; SET lock_timeout = " + std::to_string(options_.lock_wait_ms) +
      "; SET client_min_messages = warning"
      "; SELECT set_config('synchronous_commit', 'on', false) "
      "WHERE current_setting('synchronous_commit') = 'off'");
}

Result<SqlStatement*> PostgresConnection::statement(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    const std::string name = "s" + std::to_string(++prepared_);
    const std::string text = expand_statement(sql, SqlDialect::kPostgres);
    const auto prepare = [&](PGconn* to) {
      return PQsendPrepare(to, name.c_str(), text.c_str(), 0, nullptr);
    };
    SEAWALL_TRY(const ResultPtr prepared, link_->ask(prepare));
    found = statements_.emplace(sql, std::make_unique<PostgresStatement>(*link_, name)).first;
  }
  found->second->reset();
  return found->second.get();
}

Result<void> PostgresConnection::begin(SqlBegin kind) {
  take_news();
  // The snapshot is taken by the first query, not by BEGIN. A writer that hangs would hold up all others.
  const std::string_view sql = kind == SqlBegin::kRead
                                   ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1"
                                   : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; "
                                     "SET LOCAL idle_in_transaction_session_timeout = '120s'";
  if (!link_->is_lost()) {
    auto begun = run(sql);
    // A server that has just let one wait run out is not waited for again.
    if (begun || !link_->is_lost() || link_->has_expired()) return begun;
  }
  SEAWALL_CHECK(link_->reopen());
  SEAWALL_CHECK(set_up());
  return run(sql);
}

Result<void> PostgresConnection::commit() {
  SEAWALL_TRY(const ResultPtr result, link_->run("COMMIT"));
  // A transaction in which a statement failed is rolled back by COMMIT, which then succeeds.
  if (std::string_view(PQcmdStatus(result.get())) == "COMMIT") return {};
  return fail(Code::kUnavailable, "PostgreSQL: the transaction had failed before and was rolled back");
}

void PostgresConnection::rollback() {
  const PGTransactionStatusType status = PQtransactionStatus(handle());
  if (link_->is_lost() || status == PQTRANS_IDLE || status == PQTRANS_UNKNOWN) return;
  (void)run("ROLLBACK").has_value();
}

/// Frees what has come in; whether there was any.
bool PostgresConnection::take_news() {
  bool news = false;
  while (PGnotify* one = PQnotifies(handle())) {
    PQfreemem(one);
    news = true;
  }
  return news;
}

bool PostgresConnection::usable() {
  // What has come in meanwhile is news, a farewell, or the end of the connection, which the next read finds.
  constexpr int kReadsMax = 4;
  for (int reads = 0; reads < kReadsMax; ++reads) {
    if (link_->is_lost() || PQtransactionStatus(handle()) != PQTRANS_IDLE) return false;
    pollfd socket{PQsocket(handle()), POLLIN, 0};
    if (::poll(&socket, 1, 0) == 0) return true;
    if (PQconsumeInput(handle()) != 1) return false;
    take_news();
  }
  return false;
}

Result<void> PostgresConnection::wait_for_news(std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (;;) {
    if (PQconsumeInput(handle()) != 1) return sql_detail::lost(handle());
    if (take_news()) return {};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (left <= 0 || options_.stop.stop_requested()) return {};
    pollfd socket{PQsocket(handle()), POLLIN, 0};
    if (::poll(&socket, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) < 0 && errno != EINTR) {
      return fail(Code::kUnavailable, "PostgreSQL: waiting for its socket failed");
    }
  }
}

}  // namespace

Result<std::unique_ptr<SqlConnection>> connect_postgres(const PostgresPlace& place,
                                                        const SqlOptions& options) {
  SEAWALL_TRY(auto link, PostgresLink::open(place, options));
  auto connection = std::make_unique<PostgresConnection>(std::move(link), options);
  SEAWALL_CHECK(connection->set_up());
  return connection;
}

}  // namespace seawall
