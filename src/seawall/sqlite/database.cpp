#include "seawall/sqlite/database.h"

#include <sqlite3.h>

#include <utility>

namespace seawall {
namespace {

Code code_of(int status) {
  switch (status & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::kConflict;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::kCorrupt;
    case SQLITE_CONSTRAINT:
      return Code::kInvalidInput;
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
      return Code::kLimitExceeded;
    default:
      return Code::kUnavailable;
  }
}

// sqlite3_errmsg can quote the SQL, never the bound values, so it holds no data.
tl::unexpected<Error> failure(sqlite3* handle, int status) {
  std::string message = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(status);
  return fail(code_of(status), "SQLite: " + message);
}

}  // namespace

Statement::Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::bind(int place, std::int64_t value) {
  sqlite3_bind_int64(handle_, place, value);
  return *this;
}

Statement& Statement::bind(int place, std::string_view text) {
  sqlite3_bind_text64(handle_, place, text.data() != nullptr ? text.data() : "", text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int place, std::span<const std::byte> blob) {
  sqlite3_bind_blob64(handle_, place, blob.data() != nullptr ? static_cast<const void*>(blob.data()) : "",
                      blob.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_null(int place) {
  sqlite3_bind_null(handle_, place);
  return *this;
}

Result<bool> Statement::step() {
  const int status = sqlite3_step(handle_);
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  auto error = failure(sqlite3_db_handle(handle_), status);
  reset();
  return error;
}

Result<void> Statement::run() {
  SEAWALL_TRY([[maybe_unused]] const bool row, step());
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string_view Statement::text(int column) const {
  const auto* data = sqlite3_column_text(handle_, column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::span<const std::byte> Statement::blob(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  return {static_cast<const std::byte*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

Result<Database> Database::open(const std::filesystem::path& path, const DatabaseOptions& options) {
  std::error_code ignored;
  if (!options.create && !std::filesystem::exists(path, ignored)) {
    return fail(Code::kNotFound, "no file " + path.filename().string());
  }
  // A reader opens for writing if it may, and forbids itself to change anything with query_only. One that may
  // not, as another user or on a read-only disk, cannot make the -wal and -shm files: they are left there,
  // empty, by whoever closes the database last.
  const int flags = SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX;
  sqlite3* handle = nullptr;
  int status = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  if (status == SQLITE_CANTOPEN && options.read_only) {
    sqlite3_close(std::exchange(handle, nullptr));
    status = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  }
  Database database(handle);
  if (status != SQLITE_OK) return failure(handle, status);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, options.busy_wait_ms);
  int keep_wal = 1;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_wal);
  std::string setup =
      "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;"
      "PRAGMA journal_size_limit=0;";
  setup += "PRAGMA cache_size=-" + std::to_string(options.cache_kib) + ";";
  setup += options.read_only ? "PRAGMA query_only=ON;" : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
  SEAWALL_CHECK(database.run(setup + "SELECT count(*) FROM sqlite_schema;"));
  return database;
}

Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Database::~Database() { sqlite3_close_v2(handle_); }

Result<Statement> Database::prepare(std::string_view sql) {
  Statement statement;
  const int status = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement.handle_, nullptr);
  if (status != SQLITE_OK) return failure(handle_, status);
  return statement;
}

Result<void> Database::run(std::string_view sql) {
  const int status = sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return failure(handle_, status);
  return {};
}

std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(handle_); }
std::int64_t Database::rows_changed() const { return sqlite3_changes64(handle_); }

Result<Transaction> Transaction::begin(Database& database) {
  SEAWALL_CHECK(database.run("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Result<Transaction> Transaction::begin_read(Database& database) {
  SEAWALL_CHECK(database.run("BEGIN"));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // A failed rollback leaves nothing to do: SQLite has rolled back by itself then.
  if (database_ != nullptr) (void)database_->run("ROLLBACK").has_value();
}

Result<void> Transaction::commit() {
  auto committed = database_->run("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace seawall
