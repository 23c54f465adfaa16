#include "seawall/sql/sqlite_connection.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <thread>
#include <utility>

#include "seawall/sqlite/database.h"

namespace seawall {
namespace {

constexpr std::chrono::milliseconds kPollEvery{20};

std::string json_of(std::span<const std::int64_t> values) {
  std::string out = "[";
  char digits[24];
  for (const std::int64_t value : values) {
    if (out.size() > 1) out.push_back(',');
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
  out.push_back(']');
  return out;
}

class SqliteStatement final : public SqlStatement {
 public:
  SqliteStatement(Statement statement, Database& database)
      : statement_(std::move(statement)), database_(database) {}

  SqlStatement& bind(int place, std::int64_t value) override {
    statement_.bind(place, value);
    return *this;
  }
  SqlStatement& bind(int place, std::string_view text) override {
    statement_.bind(place, text);
    return *this;
  }
  SqlStatement& bind(int place, std::span<const std::byte> blob) override {
    statement_.bind(place, blob);
    return *this;
  }
  SqlStatement& bind(int place, std::span<const std::int64_t> values) override {
    std::string& set = sets_[place];
    set = json_of(values);
    statement_.bind(place, std::string_view(set));
    return *this;
  }

  Result<bool> step() override { return statement_.step(); }
  Result<std::int64_t> run() override {
    SEAWALL_CHECK(statement_.run());
    return database_.rows_changed();
  }
  void reset() override { statement_.reset(); }

  [[nodiscard]] std::int64_t integer(int column) const override { return statement_.integer(column); }
  [[nodiscard]] std::string_view text(int column) const override { return statement_.text(column); }
  [[nodiscard]] std::span<const std::byte> blob(int column) const override { return statement_.blob(column); }
  [[nodiscard]] bool is_null(int column) const override { return statement_.is_null(column); }

 private:
  Statement statement_;
  Database& database_;
  std::map<int, std::string> sets_;
};

std::string insert_into(std::string_view table, std::string_view columns) {
  std::string sql = "INSERT INTO " + std::string(table) + "(" + std::string(columns) + ") VALUES(?";
  for (const char c : columns) {
    if (c == ',') sql += ",?";
  }
  return sql + ")";
}

class SqliteBulk final : public SqlBulk {
 public:
  explicit SqliteBulk(Statement statement) : statement_(std::move(statement)) {}
  SqlBulk& add(std::int64_t value) override {
    statement_.bind(++place_, value);
    return *this;
  }
  SqlBulk& add(std::string_view text) override {
    statement_.bind(++place_, text);
    return *this;
  }
  SqlBulk& add(std::span<const std::byte> blob) override {
    statement_.bind(++place_, blob);
    return *this;
  }
  SqlBulk& add_null() override {
    statement_.bind_null(++place_);
    return *this;
  }
  Result<void> end_row() override {
    place_ = 0;
    return statement_.run();
  }
  Result<void> finish() override { return {}; }

 private:
  Statement statement_;
  int place_ = 0;
};

class SqliteConnection final : public SqlConnection {
 public:
  explicit SqliteConnection(Database database) : database_(std::move(database)) {}

  [[nodiscard]] SqlDialect dialect() const override { return SqlDialect::kSqlite; }

  Result<SqlStatement*> statement(std::string_view sql) override {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
      SEAWALL_TRY(Statement prepared, database_.prepare(expand_statement(sql, SqlDialect::kSqlite)));
      found =
          statements_.emplace(sql, std::make_unique<SqliteStatement>(std::move(prepared), database_)).first;
    }
    found->second->reset();
    return found->second.get();
  }

  Result<void> run(std::string_view sql) override { return database_.run(sql); }

  Result<std::unique_ptr<SqlBulk>> bulk(std::string_view table, std::string_view columns) override {
    SEAWALL_TRY(Statement insert, database_.prepare(insert_into(table, columns)));
    return std::make_unique<SqliteBulk>(std::move(insert));
  }

  Result<void> begin(SqlBegin kind) override {
    if (kind == SqlBegin::kWrite) return database_.run("BEGIN IMMEDIATE");
    // BEGIN alone takes no snapshot: the first read does.
    return database_.run("BEGIN; SELECT count(*) FROM sqlite_schema");
  }
  Result<void> commit() override {
    reset_all();
    return database_.run("COMMIT");
  }
  void rollback() override {
    reset_all();
    // Fails when SQLite has rolled back by itself: then there is nothing to do.
    (void)database_.run("ROLLBACK").has_value();
  }
  Result<void> listen(std::string_view) override { return {}; }
  Result<void> wait_for_news(std::chrono::milliseconds deadline) override {
    std::this_thread::sleep_for(std::min(deadline, kPollEvery));
    return {};
  }
  [[nodiscard]] bool usable() override { return true; }

 private:
  /// A statement with rows left would hold the snapshot of its transaction.
  void reset_all() {
    for (auto& [sql, statement] : statements_) statement->reset();
  }

  Database database_;
  std::map<std::string, std::unique_ptr<SqliteStatement>, std::less<>> statements_;
};

}  // namespace

Result<std::unique_ptr<SqlConnection>> connect_sqlite(const std::filesystem::path& path, bool create,
                                                      const SqlOptions& options) {
  SEAWALL_TRY(Database database,
              Database::open(path, {.create = create, .busy_wait_ms = options.lock_wait_ms}));
  return std::make_unique<SqliteConnection>(std::move(database));
}

}  // namespace seawall
