#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

enum class SqlDialect : std::uint8_t { kSqlite, kPostgres };

/// One prepared statement: bind (1-based), step, read columns (0-based).
/// Values are 64-bit integers, UTF-8 text without U+0000, and blobs; what is not bound is NULL.
/// Threads: as its connection. Lifetime: ends with its connection. Texts and blobs that are bound must live
/// until the end of run() or the reset(); views of columns live until the next step(), run() or reset().
class SqlStatement {
 public:
  virtual ~SqlStatement() = default;

  virtual SqlStatement& bind(int place, std::int64_t value) = 0;
  virtual SqlStatement& bind(int place, std::string_view text) = 0;
  virtual SqlStatement& bind(int place, std::span<const std::byte> blob) = 0;
  /// For `{any $n}`: a set of integers.
  virtual SqlStatement& bind(int place, std::span<const std::int64_t> values) = 0;

  /// To the next row: true when there is one, false at the end. Errors as SqlConnection.
  virtual Result<bool> step() = 0;
  /// Runs a statement that returns no rows, to its end; gives the number of rows it changed.
  virtual Result<std::int64_t> run() = 0;
  /// Ready for the next run, nothing bound.
  virtual void reset() = 0;

  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  [[nodiscard]] virtual std::span<const std::byte> blob(int column) const = 0;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
};

/// Many rows into one table, by the fastest way the database has. Values in the order of the columns.
/// Nothing else may use the connection until finish() or the end of the object. Without finish() the
/// transaction must be rolled back. Values must live until end_row(). Errors appear at end_row() or finish().
class SqlBulk {
 public:
  virtual ~SqlBulk() = default;
  virtual SqlBulk& add(std::int64_t value) = 0;
  virtual SqlBulk& add(std::string_view text) = 0;
  virtual SqlBulk& add(std::span<const std::byte> blob) = 0;
  virtual SqlBulk& add_null() = 0;
  virtual Result<void> end_row() = 0;
  virtual Result<void> finish() = 0;
};

enum class SqlBegin : std::uint8_t {
  kRead,   ///< One consistent snapshot; changes nothing.
  kWrite,  ///< Reads what others have committed so far; SQLite: takes the write lock at once.
};

/// Port: one connection to a database. SQL is written once: parameters are `$1`, `$2`; `{any $1}` stands
/// for a test against a bound set; the types and table options of expand_schema() for schemas; otherwise
/// only what SQLite 3.40 and PostgreSQL 13 share.
/// Threads: one at a time. Every wait has a deadline: locks SqlOptions::lock_wait_ms, statements
/// SqlOptions::statement_ms, a server that does not answer a quarter more (at least 0.25 s, at most 5 s);
/// that connection is closed then.
/// Errors: kConflict (a lock, or a serialisation failure), kInvalidInput (a constraint of the schema),
/// kCorrupt, kLimitExceeded (disk full), kUnavailable (I/O, lost connection, deadline). Messages never
/// hold values.
class SqlConnection {
 public:
  virtual ~SqlConnection() = default;
  [[nodiscard]] virtual SqlDialect dialect() const = 0;

  /// The statement of this text, prepared at its first use and kept, reset.
  virtual Result<SqlStatement*> statement(std::string_view sql) = 0;
  /// Runs one or more statements without parameters, ignoring rows.
  virtual Result<void> run(std::string_view sql) = 0;
  /// `columns`: "a, b, c".
  virtual Result<std::unique_ptr<SqlBulk>> bulk(std::string_view table, std::string_view columns) = 0;

  virtual Result<void> begin(SqlBegin kind) = 0;
  /// Durable on return. When it fails, whether it happened is unknown.
  virtual Result<void> commit() = 0;
  /// Never fails: what could not be rolled back is lost with the connection, and usable() says so.
  virtual void rollback() = 0;
  /// Asks to be woken by NOTIFY of that channel (a word). SQLite: nothing.
  virtual Result<void> listen(std::string_view channel) = 0;
  /// Returns when there was news on a channel that it listens to, or after `deadline`. SQLite: after 20 ms.
  /// Not within a transaction.
  virtual Result<void> wait_for_news(std::chrono::milliseconds deadline) = 0;
  /// Whether a new transaction can be begun on it, as far as is known without asking the server.
  [[nodiscard]] virtual bool usable() = 0;
};

struct SqlOptions {
  int lock_wait_ms = 5000;
  int statement_ms = 60'000;  ///< SQLite has none but the wait for locks.
  std::string application_name = "seawall";
  int connect_ms = 10'000;    ///< PostgreSQL: to connect; `connect_timeout` of its settings goes before.
  std::stop_token stop = {};  ///< PostgreSQL: once it asks, waits but wait_for_news() end within 0.1 s.
};

/// A transaction of a scope: rolled back at its end unless committed.
class SqlTransaction {
 public:
  static Result<SqlTransaction> begin(SqlConnection& connection, SqlBegin kind);
  SqlTransaction(SqlTransaction&& other) noexcept;
  SqlTransaction& operator=(SqlTransaction&&) = delete;
  ~SqlTransaction();
  Result<void> commit();

 private:
  explicit SqlTransaction(SqlConnection& connection) : connection_(&connection) {}
  SqlConnection* connection_;
};

/// A schema's text for one database. {int}, {blob}: the types of integers and bytes; {strict}: the options
/// of a table; {rowless}: those of one that is kept in the order of its primary key.
[[nodiscard]] std::string expand_schema(std::string_view sql, SqlDialect dialect);
/// A statement's text for one database: `$1` and `{any $1}`.
[[nodiscard]] std::string expand_statement(std::string_view sql, SqlDialect dialect);

}  // namespace seawall
