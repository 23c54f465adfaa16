#include "seawall/sql/sqlite_connection.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "seawall/base/unique_fd.h"
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

std::string insert_into(std::string_view table, std::string_view columns, std::size_t rows) {
  std::string row = "(?";
  for (const char c : columns) {
    if (c == ',') row += ",?";
  }
  row += ')';
  std::string sql = "INSERT INTO " + std::string(table) + "(" + std::string(columns) + ") VALUES" + row;
  for (std::size_t i = 1; i < rows; ++i) sql += "," + row;
  return sql;
}

/// Inserts groups of rows with one statement each: starting and ending a statement costs more than a row.
class SqliteBulk final : public SqlBulk {
 public:
  SqliteBulk(Database& database, std::string_view table, std::string_view columns)
      : database_(database), table_(table), columns_(columns) {}
  SqlBulk& add(std::int64_t value) override {
    values_.push_back({Kind::kInteger, value, 0});
    return *this;
  }
  SqlBulk& add(std::string_view text) override {
    values_.push_back({Kind::kText, static_cast<std::int64_t>(bytes_.size()), text.size()});
    bytes_.append(text);
    return *this;
  }
  SqlBulk& add(std::span<const std::byte> blob) override {
    values_.push_back({Kind::kBlob, static_cast<std::int64_t>(bytes_.size()), blob.size()});
    bytes_.append(reinterpret_cast<const char*>(blob.data()), blob.size());
    return *this;
  }
  SqlBulk& add_null() override {
    values_.push_back({Kind::kNull, 0, 0});
    return *this;
  }
  Result<void> end_row() override {
    if (++rows_ == kGroupRows || bytes_.size() >= kGroupBytes) return flush();
    return {};
  }
  Result<void> finish() override { return flush(); }

 private:
  static constexpr std::size_t kGroupRows = 64;  // Measured: 25 to 500 cost the same.
  static constexpr std::size_t kGroupBytes = std::size_t{1} << 20;
  enum class Kind : std::uint8_t { kNull, kInteger, kText, kBlob };
  struct Value {
    Kind kind;
    std::int64_t integer;  // Of text and blobs: their place in bytes_.
    std::size_t size;
  };

  Result<void> flush() {
    const std::size_t together = rows_ == kGroupRows ? kGroupRows : 1;
    Statement& insert = together == 1 ? one_ : group_;
    if (rows_ > 0 && !insert) {
      SEAWALL_TRY(insert, database_.prepare(insert_into(table_, columns_, together)));
    }
    std::span<const Value> left = values_;
    const std::size_t each = rows_ == 0 ? 0 : values_.size() / rows_ * together;
    for (; !left.empty(); left = left.subspan(each)) {
      for (int place = 0; const Value& value : left.first(each)) bind(insert, ++place, value);
      SEAWALL_CHECK(insert.run());
    }
    values_.clear();
    bytes_.clear();
    rows_ = 0;
    return {};
  }
  void bind(Statement& insert, int place, const Value& value) const {
    if (value.kind == Kind::kNull) return;  // What is not bound is NULL.
    if (value.kind == Kind::kInteger) {
      insert.bind(place, value.integer);
      return;
    }
    const auto bytes = std::string_view(bytes_).substr(static_cast<std::size_t>(value.integer), value.size);
    if (value.kind == Kind::kText) {
      insert.bind(place, bytes);
    } else {
      insert.bind(place, std::as_bytes(std::span(bytes)));
    }
  }

  Database& database_;
  std::string table_;
  std::string columns_;
  Statement one_;
  Statement group_;
  std::vector<Value> values_;
  std::string bytes_;
  std::size_t rows_ = 0;
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
    return std::make_unique<SqliteBulk>(database_, table, columns);
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
  // Lists are for their owner's eyes; he opens them to a group with chmod.
  if (create) UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  SEAWALL_TRY(Database database,
              Database::open(path, {.create = create, .busy_wait_ms = options.lock_wait_ms}));
  return std::make_unique<SqliteConnection>(std::move(database));
}

}  // namespace seawall
