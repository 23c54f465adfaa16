#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/report/record.h"
#include "seawall/scan/journal.h"
#include "seawall/sqlite/database.h"

namespace seawall::scan_detail {

/// The tables of a scan journal, format 1.
inline constexpr std::string_view kSchema = R"sql(
CREATE TABLE scan(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  settings TEXT NOT NULL,
  sessions INTEGER NOT NULL,
  started_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  active_ms INTEGER NOT NULL,
  complete INTEGER NOT NULL,
  links_skipped INTEGER NOT NULL,
  special_skipped INTEGER NOT NULL,
  folders_repeated INTEGER NOT NULL
) STRICT;
CREATE TABLE files(
  id INTEGER PRIMARY KEY,
  path BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  type TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  pdq BLOB,
  pdq_quality INTEGER NOT NULL,
  digests BLOB,
  match_count INTEGER NOT NULL,
  verdict INTEGER NOT NULL,
  error_code TEXT,
  error_message TEXT
) STRICT;
CREATE INDEX files_matched ON files(path) WHERE match_count > 0;
CREATE INDEX files_failed ON files(path) WHERE error_code IS NOT NULL;
CREATE TABLE matches(
  file INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  bank TEXT NOT NULL,
  entry TEXT NOT NULL,
  signal INTEGER NOT NULL,
  distance INTEGER NOT NULL,
  variant TEXT NOT NULL,
  frame INTEGER NOT NULL,
  verdict INTEGER NOT NULL,
  PRIMARY KEY (file, place)
) STRICT, WITHOUT ROWID;
)sql";

/// Writes records. Threads: as its database. Lifetime: ends before it.
class RecordWriter {
 public:
  static Result<RecordWriter> prepare(Database& database);
  /// Adds or replaces one record. Inside the caller's transaction.
  Result<void> write(const FileRecord& record);

 private:
  explicit RecordWriter(Database& database) : database_(&database) {}
  Result<void> write_match(std::int64_t file, std::size_t place, const RecordedMatch& match);

  Database* database_;
  Statement file_;
  Statement match_;
};

/// Reads records. Every value is checked: a damaged or forged file gives kCorrupt, never a broken record.
class RecordReader {
 public:
  static Result<RecordReader> prepare(Database& database, RecordFilter filter);
  /// Calls `visit` in the order of paths until it returns false.
  Result<void> each(FunctionRef<bool(const FileRecord&)> visit);

  static Result<RecordReader> prepare_one(Database& database);
  /// The record whose row is `id`; only after prepare_one().
  Result<FileRecord> one(std::int64_t id);

 private:
  Result<FileRecord> whole_record();
  Result<FileRecord> file_row();
  Result<void> read_matches(std::int64_t file, std::size_t count, FileRecord& record);

  Statement files_;
  Statement matches_;
};

/// Reads what grouping needs of each decoded picture.
class PictureReader {
 public:
  static Result<PictureReader> prepare(Database& database);
  Result<void> each(FunctionRef<void(const Journal::Picture&)> visit);

 private:
  Statement pictures_;
};

}  // namespace seawall::scan_detail
