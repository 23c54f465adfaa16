#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/store_sql/open.h"

namespace seawall {

// What an operator does with a whole store: `seawall db migrate | backup | restore | check`.
// Threads: any. Other processes may go on using the store, except in restore_store().

/// Brings the schema up to date, or makes it where there is none. Gives the schema's number.
Result<int> migrate_store(std::string_view url, const OpenStoreOptions& options = {});

struct StoreSchema {
  int found = 0;   ///< 0: the database is there, and empty.
  int newest = 0;  ///< That this build works with.
};
/// Which schema a store has; nothing is changed. Errors: as open_store(), but for a schema that is not the
/// newest.
Result<StoreSchema> store_schema(std::string_view url, const OpenStoreOptions& options = {});

struct BackupSummary {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t version = 0;  ///< The list version that the backup holds.
};

/// Writes all of the store, as of one moment, into a new file that either database can be restored from.
/// The file appears under its name only when it is whole and on disk. Format: docs/formats/store-backup.md.
/// Bounded memory. Errors: kConflict (the file exists), kLimitExceeded (disk full), kUnavailable.
Result<BackupSummary> backup_store(std::string_view url, const std::filesystem::path& file,
                                   const OpenStoreOptions& options = {});

/// Fills a new, empty store from a backup: one transaction on PostgreSQL and SQLite alike, so that it is
/// whole or empty. Errors: kConflict (there are lists already), kCorrupt (the file), kUnsupported (a backup
/// of a newer schema), those of open_store().
Result<BackupSummary> restore_store(std::string_view url, const std::filesystem::path& file,
                                    const OpenStoreOptions& options = {});

struct StoreProblem {
  std::string what;   ///< "chain", "release digest", "entry", "count", "key", "database".
  std::string where;  ///< "version 7", "release 3", "entry 12884901888"; for people.
};
struct CheckSummary {
  std::uint64_t versions = 0;
  std::uint64_t releases = 0;
  std::uint64_t entries = 0;
  std::uint64_t loading = 0;           ///< Releases that are not sealed.
  std::vector<StoreProblem> problems;  ///< The first 1,000.
  std::uint64_t problem_count = 0;
};

/// Recomputes everything that can be: the chain of all versions, each release's digest from what it brought,
/// each changed entry's digest, the counts, the index of keys; and asks the database to check itself (SQLite:
/// integrity_check; PostgreSQL: that fsync is on).
/// Errors: those of open_store(); a store that can be read but is wrong is a summary with problems.
Result<CheckSummary> check_store(std::string_view url, const OpenStoreOptions& options = {});

}  // namespace seawall
