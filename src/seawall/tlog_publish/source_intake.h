#pragma once

#include <string>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/log_outbox/log_source.h"
#include "seawall/store/log_records.h"

namespace seawall {

/// Brings the entries of another database (orders, keys) among those that wait for the log, and tells it
/// where they stand once they are in it. Guarantees: each becomes one entry, however often this is cut off.
/// Threads: one. Lifetime: borrows all.
class SourceIntake {
 public:
  static constexpr std::size_t kStepMax = 1'000;

  /// `name`: of the source, never changed: 1 to LogRecord::kSourceBytesMax bytes.
  SourceIntake(std::string name, LogSource& source, LogRecordStore& records, const Clock& clock)
      : name_(std::move(name)), source_(source), records_(records), clock_(clock) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Gives how many entries are new. Blocks. Errors: those of both databases.
  Result<std::size_t> step();

 private:
  Result<bool> settle_if_logged(const PendingLogEntry& entry);

  const std::string name_;
  LogSource& source_;
  LogRecordStore& records_;
  const Clock& clock_;
};

}  // namespace seawall
