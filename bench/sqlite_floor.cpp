#include "sqlite_floor.h"

#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "figure.h"
#include "generated_list.h"
#include "seawall/store/canonical.h"

namespace seawall::bench {
namespace {

constexpr std::uint64_t kPage = 50'000;

void must(sqlite3* database, int status) {
  if (status == SQLITE_OK || status == SQLITE_DONE) return;
  std::fprintf(stderr, "store_bench: SQLite: %s\n", sqlite3_errmsg(database));
  std::exit(1);
}

struct Row {
  std::string key;
  std::string content;
};

void fill(std::vector<Row>& page, std::uint64_t first) {
  for (Row& row : page) {
    row.key = key_of(first);
    row.content.clear();
    append_canonical(row.content, content_of(first++));
  }
}

void insert(sqlite3* database, sqlite3_stmt* statement, const std::vector<Row>& page, std::uint64_t first) {
  for (const Row& row : page) {
    sqlite3_bind_int64(statement, 1, static_cast<std::int64_t>(first++));
    sqlite3_bind_text64(statement, 2, row.key.data(), row.key.size(), SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_blob64(statement, 3, row.content.data(), row.content.size(), SQLITE_STATIC);
    must(database, sqlite3_step(statement));
    sqlite3_reset(statement);
  }
}

}  // namespace

FloorTimes insert_plain(const std::filesystem::path& file, std::uint64_t count) {
  sqlite3* database = nullptr;
  must(database, sqlite3_open_v2(file.c_str(), &database,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr));
  const auto run = [&](const char* sql) {
    must(database, sqlite3_exec(database, sql, nullptr, nullptr, nullptr));
  };
  run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
      "CREATE TABLE entries(id INTEGER PRIMARY KEY, key TEXT NOT NULL, content BLOB NOT NULL)");
  sqlite3_stmt* statement = nullptr;
  must(database, sqlite3_prepare_v3(database, "INSERT INTO entries VALUES(?,?,?)", -1,
                                    SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  FloorTimes times;
  const auto timed = [&](const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    const double cpu = cpu_seconds();
    work();
    times.cpu_s += cpu_seconds() - cpu;
    times.wall_s += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  timed([&] { run("BEGIN IMMEDIATE"); });
  std::vector<Row> page(kPage);
  for (std::uint64_t done = 0; done < count; done += page.size()) {
    page.resize(std::min(kPage, count - done));
    fill(page, done);
    timed([&] { insert(database, statement, page, done); });
  }
  timed([&] { run("COMMIT"); });
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return times;
}

}  // namespace seawall::bench
