#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/log_outbox/log_source.h"
#include "seawall/sqlite/database.h"
#include "seawall/statement/commitment.h"
#include "seawall/statement/log_entry.h"

namespace seawall {

/// What the log is to be told of a change.
struct LogTelling {
  LogKind kind = LogKind::kOrder;
  Time at{};
  std::string record;  ///< Canonical JSON: who did what. It stays here, with its salt.
  std::uint64_t count = 1;
  std::optional<std::uint64_t> ref = {};
  std::optional<Time> due = {};
  std::optional<CommitmentSalt> salt = {};  ///< None: a new one.
};

/// What an entry stands for.
struct LogOpening {
  std::string entry;                  ///< LogEntry's text.
  std::vector<std::byte> salt = {};   ///< Empty once erased.
  std::string record = {};            ///< Empty once erased.
  std::optional<std::uint64_t> leaf;  ///< Its place in the log, once it is known.
};

/// The record book of a database: what the log is to be told of that database's changes (an outbox), and the
/// records and salts that its entries stand for. A row is written in the transaction of the change it tells
/// of, so a kill loses neither. Threads and lifetime: the database's. Errors everywhere: those of Database.
class LogOutbox {
 public:
  static constexpr std::size_t kPendingMax = 10'000;

  explicit LogOutbox(Database& database) : database_(database) {}

  /// Makes the table where it is not there.
  Result<void> make_table();
  /// Writes one row; call it within the change's transaction. Gives the row's id.
  Result<std::int64_t> add(const LogTelling& telling);

  Result<std::vector<PendingLogEntry>> pending(std::size_t max);
  Result<void> settle(std::span<const std::int64_t> ids, std::uint64_t first_index);
  Result<std::uint64_t> count_pending();

  /// Errors: kNotFound.
  Result<LogOpening> opening(std::int64_t id);
  /// Erases salt and record for good: from then on the entry says nothing. False: it was erased before, or
  /// never was.
  Result<bool> erase(std::int64_t id, Time at);

 private:
  Database& database_;
};

}  // namespace seawall
