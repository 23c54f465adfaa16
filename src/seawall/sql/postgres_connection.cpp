#include "seawall/sql/postgres_connection.h"

#include <poll.h>

#include <cerrno>
#include <map>
#include <utility>
#include <vector>

#include "seawall/sql/detail/postgres_bulk.h"
#include "seawall/sql/detail/postgres_result.h"
#include "seawall/sql/detail/postgres_statement.h"

namespace seawall {
namespace {

using sql_detail::PostgresStatement;
using sql_detail::ResultPtr;

struct CloseConnection {
  void operator()(PGconn* handle) const { PQfinish(handle); }
};
using Handle = std::unique_ptr<PGconn, CloseConnection>;

class PostgresConnection final : public SqlConnection {
 public:
  PostgresConnection(Handle handle, const SqlOptions& options)
      : handle_(std::move(handle)), options_(options) {}

  [[nodiscard]] SqlDialect dialect() const override { return SqlDialect::kPostgres; }
  Result<SqlStatement*> statement(std::string_view sql) override;
  Result<void> run(std::string_view sql) override {
    return sql_detail::check_command(handle_.get(),
                                     ResultPtr(PQexec(handle_.get(), std::string(sql).c_str())));
  }
  Result<std::unique_ptr<SqlBulk>> bulk(std::string_view table, std::string_view columns) override {
    return sql_detail::begin_copy(handle_.get(), table, columns);
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

  Handle handle_;
  SqlOptions options_;
  std::map<std::string, std::unique_ptr<PostgresStatement>, std::less<>> statements_;
  std::uint64_t prepared_ = 0;
};

Result<void> PostgresConnection::set_up() {
  statements_.clear();
  if (PQsetClientEncoding(handle_.get(), "UTF8") != 0) return sql_detail::lost(handle_.get());
  return run("SET statement_timeout = " + std::to_string(options_.statement_ms) +
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
    SEAWALL_CHECK(sql_detail::check_command(
        handle_.get(), ResultPtr(PQprepare(handle_.get(), name.c_str(), text.c_str(), 0, nullptr))));
    found = statements_.emplace(sql, std::make_unique<PostgresStatement>(handle_.get(), name)).first;
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
  auto begun = run(sql);
  if (begun || PQstatus(handle_.get()) == CONNECTION_OK) return begun;
  PQreset(handle_.get());
  if (PQstatus(handle_.get()) != CONNECTION_OK) return sql_detail::lost(handle_.get());
  SEAWALL_CHECK(set_up());
  return run(sql);
}

Result<void> PostgresConnection::commit() {
  const ResultPtr result(PQexec(handle_.get(), "COMMIT"));
  SEAWALL_CHECK(sql_detail::check_command(handle_.get(), result));
  // A transaction in which a statement failed is rolled back by COMMIT, which then succeeds.
  if (std::string_view(PQcmdStatus(result.get())) == "COMMIT") return {};
  return fail(Code::kUnavailable, "PostgreSQL: the transaction had failed before and was rolled back");
}

void PostgresConnection::rollback() {
  const PGTransactionStatusType status = PQtransactionStatus(handle_.get());
  if (status == PQTRANS_IDLE || status == PQTRANS_UNKNOWN) return;
  (void)run("ROLLBACK").has_value();
}

/// Frees what has come in; whether there was any.
bool PostgresConnection::take_news() {
  bool news = false;
  while (PGnotify* one = PQnotifies(handle_.get())) {
    PQfreemem(one);
    news = true;
  }
  return news;
}

bool PostgresConnection::usable() {
  // What has come in meanwhile is news, a farewell, or the end of the connection, which the next read finds.
  constexpr int kReadsMax = 4;
  for (int reads = 0; reads < kReadsMax; ++reads) {
    if (PQstatus(handle_.get()) != CONNECTION_OK || PQtransactionStatus(handle_.get()) != PQTRANS_IDLE)
      return false;
    pollfd socket{PQsocket(handle_.get()), POLLIN, 0};
    if (::poll(&socket, 1, 0) == 0) return true;
    if (PQconsumeInput(handle_.get()) != 1) return false;
    take_news();
  }
  return false;
}

Result<void> PostgresConnection::wait_for_news(std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (;;) {
    if (PQconsumeInput(handle_.get()) != 1) return sql_detail::lost(handle_.get());
    if (take_news()) return {};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (left <= 0) return {};
    pollfd socket{PQsocket(handle_.get()), POLLIN, 0};
    if (::poll(&socket, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) < 0 && errno != EINTR) {
      return fail(Code::kUnavailable, "PostgreSQL: waiting for its socket failed");
    }
  }
}

}  // namespace

Result<std::unique_ptr<SqlConnection>> connect_postgres(const PostgresPlace& place,
                                                        const SqlOptions& options) {
  SEAWALL_CHECK(check_postgres_settings(place.settings));
  std::string password;
  if (!place.password_file.empty()) {
    SEAWALL_TRY(password, sql_detail::read_password_file(place.password_file));
  }
  // What stands before "dbname" are defaults that the settings may overrule.
  std::vector<const char*> names = {"connect_timeout",
                                    "keepalives_idle",
                                    "keepalives_interval",
                                    "keepalives_count",
                                    "tcp_user_timeout",
                                    "fallback_application_name",
                                    "dbname"};
  std::vector<const char*> values = {
      "10", "15", "5", "3", "30000", options.application_name.c_str(), place.settings.c_str()};
  if (!password.empty()) {
    names.push_back("password");
    values.push_back(password.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  Handle handle(PQconnectdbParams(names.data(), values.data(), 1));
  if (handle == nullptr || PQstatus(handle.get()) != CONNECTION_OK) return sql_detail::lost(handle.get());
  PQsetNoticeProcessor(
      handle.get(), [](void*, const char*) {}, nullptr);
  auto connection = std::make_unique<PostgresConnection>(std::move(handle), options);
  SEAWALL_CHECK(connection->set_up());
  return connection;
}

}  // namespace seawall
