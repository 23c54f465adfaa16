#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace seawall {

/// One prepared statement. Bind (1-based), step, read columns (0-based), reset.
/// Threads: as its Database, one at a time. Lifetime: ends before its Database.
/// Cost: a step of a cached insert about 1 us; docs/decisions/0102-sqlite.md compares wrappers.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();
  /// Whether it was prepared.
  explicit operator bool() const { return handle_ != nullptr; }

  /// The bytes or text must live until the next reset(): they are not copied.
  Statement& bind(int place, std::int64_t value);
  Statement& bind(int place, std::string_view text);
  Statement& bind(int place, std::span<const std::byte> blob);
  Statement& bind_null(int place);

  /// Runs to the next row: true when there is one, false at the end. Errors as Database::run.
  Result<bool> step();
  /// Runs a statement that returns no rows, then resets it.
  Result<void> run();
  /// Makes it ready for the next run; bindings are cleared.
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  /// Valid until the next step() or reset().
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::span<const std::byte> blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  sqlite3_stmt* handle_ = nullptr;
};

struct DatabaseOptions {
  bool read_only = false;
  bool create = false;            ///< Otherwise a missing file is kNotFound.
  std::int64_t cache_kib = 8192;  ///< Page cache of this connection.
  int busy_wait_ms = 5000;        ///< How long to wait for another's lock before kConflict.
};

/// One connection to an SQLite file under the house's conventions: WAL, synchronous=FULL, foreign keys on,
/// memory for temporary tables, a bounded busy wait, STRICT tables by the caller's schema.
/// Guarantees: what commit() acknowledged survives a crash of process or machine.
/// Threads: one at a time. Errors: kConflict (locked by another), kCorrupt (not a database, or damaged),
/// kNotFound, kLimitExceeded (disk full), kUnavailable (any other I/O).
class Database {
 public:
  static Result<Database> open(const std::filesystem::path& path, const DatabaseOptions& options = {});
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  Result<Statement> prepare(std::string_view sql);
  /// Runs one or more statements, ignoring rows.
  Result<void> run(std::string_view sql);
  [[nodiscard]] std::int64_t last_row_id() const;
  [[nodiscard]] std::int64_t rows_changed() const;  ///< By the last statement.

 private:
  friend class Transaction;
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_ = nullptr;
};

/// BEGIN IMMEDIATE until commit(); rolls back when it goes out of scope uncommitted.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  /// A consistent snapshot for reading: BEGIN, then commit() or the end of scope.
  static Result<Transaction> begin_read(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace seawall
