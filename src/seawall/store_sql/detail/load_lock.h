#pragma once

#include <filesystem>
#include <utility>

#include "seawall/base/unique_fd.h"
#include "seawall/model/list_ids.h"
#include "seawall/sql/connection.h"

namespace seawall::store_sql_detail {

/// Owns the loading of one release: nobody else on any machine can have it until it is let go, or its owner
/// is dead. SQLite: a lock on one byte of a file beside the database, which the kernel takes back when the
/// process ends; PostgreSQL: a session's advisory lock, which ends with its connection.
/// Threads: as the connection. Lifetime: ends before the connection.
class LoadLock {
 public:
  /// `database`: the file of an SQLite database. Errors: kConflict (somebody has it), kUnavailable.
  static Result<LoadLock> take(SqlConnection& connection, const std::filesystem::path& database,
                               ReleaseId release);
  LoadLock(LoadLock&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)),
        release_(other.release_),
        file_(std::move(other.file_)) {}
  LoadLock& operator=(LoadLock&&) = delete;
  ~LoadLock();

 private:
  LoadLock(SqlConnection& connection, ReleaseId release) : connection_(&connection), release_(release) {}
  SqlConnection* connection_;
  ReleaseId release_;
  UniqueFd file_;
};

}  // namespace seawall::store_sql_detail
