#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// An entry that waits to be appended to the log.
struct PendingLogEntry {
  std::int64_t id = 0;  ///< The source's own.
  std::string entry;    ///< LogEntry's text.
};

/// Port: where entries of the log come from. The sequencer takes what is pending, appends it, and settles it;
/// killed in between it appends an entry again, with the same commitment, which an audit counts once. Blocks.
class LogSource {
 public:
  virtual ~LogSource() = default;
  /// The oldest that are not settled, at most `max`, oldest first.
  virtual Result<std::vector<PendingLogEntry>> pending(std::size_t max) = 0;
  /// The entry `ids[i]` stands in the log at place `first_index` + i. One that was settled before keeps its
  /// place.
  virtual Result<void> settle(std::span<const std::int64_t> ids, std::uint64_t first_index) = 0;
};

}  // namespace seawall
