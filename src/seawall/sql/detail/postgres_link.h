#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "seawall/sql/connection.h"
#include "seawall/sql/detail/postgres_result.h"
#include "seawall/sql/postgres_connection.h"

namespace seawall::sql_detail {

/// A connection of libpq on which no wait is without an end, also where the server was stopped and its
/// sockets stay open: it takes SqlOptions::connect_ms, or answer_within() for a statement, or until
/// SqlOptions::stop. What passes that is kUnavailable, and closes the connection: nobody knows what the
/// server makes of it. Names of hosts are resolved by libpq, within the resolver's own time.
/// Threads: one at a time. Source: PostgreSQL 15, libpq, "Asynchronous Command Processing".
class PostgresLink {
 public:
  static Result<std::unique_ptr<PostgresLink>> open(const PostgresPlace& place, const SqlOptions& options);
  PostgresLink(const PostgresLink&) = delete;
  PostgresLink& operator=(const PostgresLink&) = delete;

  [[nodiscard]] PGconn* handle() const { return handle_.get(); }
  /// Whether nothing more comes of it; has_expired(): because it was given up here.
  [[nodiscard]] bool is_lost() const { return expired_ || PQstatus(handle_.get()) != CONNECTION_OK; }
  [[nodiscard]] bool has_expired() const { return expired_; }
  /// Closes it and makes it anew; then it knows no statement and no setting.
  Result<void> reopen();

  /// Sends by `send` (a PQsend... function) and waits. Gives the last result, as PQexec() does; where that is
  /// a failure, the failure.
  Result<ResultPtr> ask(const std::function<int(PGconn*)>& send);
  Result<ResultPtr> run(std::string_view sql);
  /// Within a COPY from here.
  Result<void> send_copy(std::string_view bytes);
  /// `reason`: null where all rows were sent.
  Result<void> end_copy(const char* reason);
  /// How long an answer may take: the server's own limit of a statement, and time to tell of it.
  [[nodiscard]] std::chrono::milliseconds answer_within() const;

 private:
  using Steady = std::chrono::steady_clock;
  struct Close {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };
  using Handle = std::unique_ptr<PGconn, Close>;
  PostgresLink(PostgresPlace place, SqlOptions options)
      : place_(std::move(place)), options_(std::move(options)) {}

  Result<void> connect(const char* const* names, const char* const* values);
  Result<void> shake_hands(std::chrono::milliseconds within);
  Result<void> wait(short events, Steady::time_point end, std::chrono::milliseconds within);
  /// At most 0.1 s; whether there is something on the socket.
  Result<bool> wait_a_turn(short events, Steady::time_point end, std::chrono::milliseconds within);
  Result<void> flush(Steady::time_point end);
  Result<ResultPtr> answer(Steady::time_point end);
  tl::unexpected<Error> give_up(std::string message);

  PostgresPlace place_;
  SqlOptions options_;
  Handle handle_;
  bool expired_ = false;
};

}  // namespace seawall::sql_detail
