#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "seawall/follow/detail/list_state.h"
#include "seawall/sqlite/database.h"

namespace seawall::follow_detail {

/// What of a ListState one step changed.
struct StateChange {
  ListVersion version;
  std::vector<ListBank> banks;
  std::vector<Source> sources;
  std::vector<ReleaseRow> releases;    ///< Empty ones are taken out.
  std::vector<OverrideRow> overrides;  ///< Likewise.
};

/// A follower's own durable state: one SQLite file (docs/follow.md). Threads: one.
class StateFile {
 public:
  /// Opens or makes it. Errors: the database's; kUnsupported for another edition.
  static Result<StateFile> open(const std::filesystem::path& path);
  /// All of it, in the order of ids. Errors: kCorrupt.
  Result<ListState> read();
  /// One transaction, durable on return.
  Result<void> write(const StateChange& change);

 private:
  explicit StateFile(Database database) : database_(std::move(database)) {}
  Database database_;
};

}  // namespace seawall::follow_detail
