#include "seawall/figures/figure_book.h"

namespace seawall {
namespace {

constexpr std::string_view kSchema = R"(
CREATE TABLE IF NOT EXISTS figures (
  step INTEGER NOT NULL, tenant TEXT NOT NULL, figure TEXT NOT NULL, at INTEGER NOT NULL, first TEXT NOT NULL,
  second TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (step, tenant, figure, at, first, second)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS figures_by_time ON figures (step, at);
)";
constexpr std::string_view kAdd =
    "INSERT INTO figures VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
    "ON CONFLICT DO UPDATE SET value = CASE ?8 WHEN 1 THEN excluded.value ELSE value + excluded.value END";
constexpr std::string_view kRead =
    "SELECT at, first, second, value FROM figures WHERE step = ?1 AND tenant = ?2 AND figure = ?3 AND at >= "
    "?4 "
    "AND at < ?5 ORDER BY at, first, second LIMIT ?6";

std::int64_t number_of(FigureTime time) { return time.time_since_epoch().count(); }

template <class Unit>
FigureTime begin_of(FigureTime time) {
  return std::chrono::floor<Unit>(time);
}

}  // namespace

Result<std::unique_ptr<FigureBook>> FigureBook::open(const std::filesystem::path& folder,
                                                     const Clock& clock) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return fail(Code::kUnavailable, "cannot make the folder " + folder.string());
  DatabaseOptions options;
  options.create = true;
  SEAWALL_TRY(Database database, Database::open(folder / "figures.db", options));
  SEAWALL_CHECK(database.run(kSchema));
  return std::unique_ptr<FigureBook>(new FigureBook(std::move(database), clock));
}

Result<void> FigureBook::add(Statement& statement, FigureStep step, FigureTime at, const FigureRow& row) {
  statement.bind(1, static_cast<std::int64_t>(step))
      .bind(2, std::string_view(row.tenant))
      .bind(3, std::string_view(row.figure))
      .bind(4, number_of(at))
      .bind(5, std::string_view(row.first))
      .bind(6, std::string_view(row.second))
      .bind(7, row.value)
      .bind(8, std::int64_t{row.stands});
  return statement.run();
}

Result<void> FigureBook::write(std::span<const FigureRow> rows) {
  if (rows.empty()) return {};
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
  SEAWALL_TRY(Statement statement, database_.prepare(kAdd));
  for (const FigureRow& row : rows) {
    SEAWALL_CHECK(add(statement, FigureStep::kMinute, begin_of<std::chrono::minutes>(now), row));
    SEAWALL_CHECK(add(statement, FigureStep::kHour, begin_of<std::chrono::hours>(now), row));
  }
  return transaction.commit();
}

Result<std::vector<FigurePoint>> FigureBook::read(const FigureAsk& ask) {
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Statement statement, database_.prepare(kRead));
  statement.bind(1, static_cast<std::int64_t>(ask.step))
      .bind(2, ask.tenant)
      .bind(3, ask.figure)
      .bind(4, number_of(ask.from))
      .bind(5, number_of(ask.until))
      .bind(6, static_cast<std::int64_t>(kPointsMax + 1));
  std::vector<FigurePoint> points;
  for (;;) {
    SEAWALL_TRY(const bool there, statement.step());
    if (!there) return points;
    if (points.size() == kPointsMax) {
      return fail(Code::kLimitExceeded, "over 100,000 points: ask for a shorter time, or for hours");
    }
    points.push_back({FigureTime(std::chrono::seconds(statement.integer(0))), std::string(statement.text(1)),
                      std::string(statement.text(2)), statement.integer(3)});
  }
}

Result<std::int64_t> FigureBook::count() {
  SEAWALL_TRY(Statement statement, database_.prepare("SELECT count(*) FROM figures"));
  SEAWALL_TRY(const bool there, statement.step());
  return there ? statement.integer(0) : 0;
}

/// Hours and minutes alike, by their time.
Result<void> FigureBook::drop_oldest(std::int64_t rows) {
  SEAWALL_TRY(Statement oldest, database_.prepare("SELECT at FROM figures ORDER BY at LIMIT 1 OFFSET ?1"));
  oldest.bind(1, rows);
  SEAWALL_TRY(const bool there, oldest.step());
  if (!there) return {};
  const std::int64_t at = oldest.integer(0);
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM figures WHERE at <= ?1"));
  drop.bind(1, at);
  return drop.run();
}

Result<std::uint64_t> FigureBook::tidy() {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(Transaction transaction, Transaction::begin(database_));
  SEAWALL_TRY(const std::int64_t before, count());
  SEAWALL_TRY(Statement drop, database_.prepare("DELETE FROM figures WHERE step = ?1 AND at < ?2"));
  drop.bind(1, std::int64_t{0}).bind(2, number_of(now - kMinutesKept));
  SEAWALL_CHECK(drop.run());
  drop.bind(1, std::int64_t{1}).bind(2, number_of(now - kHoursKept));
  SEAWALL_CHECK(drop.run());
  SEAWALL_TRY(const std::int64_t left, count());
  const auto most = static_cast<std::int64_t>(kRowsMax);
  if (left > most) SEAWALL_CHECK(drop_oldest(left - most));
  SEAWALL_TRY(const std::int64_t after, count());
  SEAWALL_CHECK(transaction.commit());
  return static_cast<std::uint64_t>(before - after);
}

}  // namespace seawall
