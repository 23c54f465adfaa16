#include "subscription/sqlite_sink.h"

#include <cstdlib>

namespace seawall::test {
namespace {

constexpr std::size_t kBatch = 7;
constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS release(id INTEGER PRIMARY KEY, sealed INTEGER NOT NULL, done INTEGER NOT "
    "NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS record(id INTEGER PRIMARY KEY, release INTEGER NOT NULL, key TEXT NOT NULL,"
    " withdrawn INTEGER NOT NULL) STRICT;";

template <class T>
T must(Result<T> result) {
  if (!result) std::abort();
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace

std::unique_ptr<SqliteSink> SqliteSink::open(const std::string& path, std::function<void()> tick) {
  Database database = must(Database::open(path, {.create = true}));
  must(database.run(kTables));
  return std::unique_ptr<SqliteSink>(new SqliteSink(std::move(database), std::move(tick)));
}

void SqliteSink::run(const std::string& text) {
  tick_();
  must(database_.run(text));
  tick_();
}

std::int64_t SqliteSink::number(const std::string& query) {
  Statement statement = must(database_.prepare(query));
  return must(statement.step()) ? statement.integer(0) : -1;
}

void SqliteSink::write(std::uint32_t release, std::int64_t done, const std::vector<ExchangeRecord>& records) {
  tick_();
  Transaction transaction = must(Transaction::begin(database_));
  Statement insert = must(database_.prepare("INSERT INTO record(release, key, withdrawn) VALUES(?, ?, ?)"));
  for (const ExchangeRecord& record : records) {
    insert.bind(1, std::int64_t{release}).bind(2, record.key).bind(3, std::int64_t{record.withdrawn});
    must(insert.run());
  }
  must(database_.run("UPDATE release SET done = " + std::to_string(done) +
                     " WHERE id = " + std::to_string(release)));
  must(transaction.commit());
  tick_();
}

Result<SinkReport> SqliteSink::take(ExchangeReader& reader, const SinkRequest& request) {
  std::uint32_t release = request.resume;
  if (release == 0 && !request.dry_run) {
    run("INSERT INTO release(sealed, done) VALUES(0, 0)");
    release = static_cast<std::uint32_t>(database_.last_row_id());
    SEAWALL_CHECK(request.began(release));
  }
  const std::int64_t skip =
      request.dry_run ? 0 : number("SELECT done FROM release WHERE id = " + std::to_string(release));
  SinkReport report;
  std::vector<ExchangeRecord> batch;
  ExchangeRecord record;
  for (std::int64_t read = 0;;) {
    SEAWALL_TRY(const auto outcome, reader.next(record));
    const bool end = outcome.kind == ExchangeOutcome::Kind::kEnd;
    if (outcome.kind == ExchangeOutcome::Kind::kRecord && ++read > skip) batch.push_back(record);
    if ((end || batch.size() == kBatch) && !request.dry_run) write(release, read, batch);
    if (end || batch.size() == kBatch) {
      for (const auto& row : batch) ++(row.withdrawn ? report.withdrawn : report.added);
      batch.clear();
    }
    if (end) break;
  }
  if (request.dry_run) return report;
  run("UPDATE release SET sealed = 1 WHERE id = " + std::to_string(release));
  report.release = release;
  return report;
}

Result<bool> SqliteSink::is_sealed(std::uint32_t release) {
  const auto sealed = number("SELECT sealed FROM release WHERE id = " + std::to_string(release));
  if (sealed < 0) return fail(Code::kNotFound, "no such release");
  return sealed == 1;
}

std::vector<std::pair<std::string, bool>> SqliteSink::sealed_records() {
  std::vector<std::pair<std::string, bool>> out;
  Statement rows =
      must(database_.prepare("SELECT key, withdrawn FROM record JOIN release ON release.id = release"
                             " WHERE sealed = 1 ORDER BY record.id"));
  while (must(rows.step())) out.emplace_back(std::string(rows.text(0)), rows.integer(1) == 1);
  return out;
}

void SqliteSink::forget_unsealed() {
  must(
      database_.run("DELETE FROM record WHERE release IN (SELECT id FROM release WHERE sealed = 0);"
                    "DELETE FROM release WHERE sealed = 0"));
}

std::int64_t SqliteSink::sealed_releases() { return number("SELECT count(*) FROM release WHERE sealed = 1"); }

}  // namespace seawall::test
