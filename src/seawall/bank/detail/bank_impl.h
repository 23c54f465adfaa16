#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "seawall/bank/bank.h"
#include "seawall/bank/detail/indexes.h"
#include "seawall/base/unique_fd.h"
#include "seawall/sqlite/database.h"

namespace seawall {

struct Bank::Impl {
  std::filesystem::path folder;
  BankSettings settings;
  std::string remark;
  UniqueFd lock;  // Held while open for writing.
  std::optional<Database> database;
  std::optional<bank_detail::Indexes> indexes;
  bool writable = false;
};

}  // namespace seawall

namespace seawall::bank_detail {

inline constexpr const char* kSettingsFile = "bank.json";
inline constexpr const char* kEntriesFile = "entries.db";
inline constexpr const char* kIndexFolder = "index";
inline constexpr const char* kLockFile = "lock";

/// The bank's write lock. Errors: kConflict (held), kUnavailable.
Result<UniqueFd> take_lock(const std::filesystem::path& folder);

/// Opens the indexes for writing and brings them up to `database`; a corrupt or foreign index is rebuilt, and
/// `remark` says so. The lock must be held.
Result<Indexes> open_indexes(const std::filesystem::path& folder, Database& database, std::string& remark);

/// Replaces bank.json in one step. The lock must be held.
Result<void> store_settings(const std::filesystem::path& folder, const BankSettings& settings);

/// Reads every listed video's print. Errors: kCorrupt.
Result<void> verify_clips(Database& database);

/// Compares every entry with the indexes. Errors: kCorrupt.
Result<void> verify_indexes(Database& database, const Indexes& indexes);

}  // namespace seawall::bank_detail
