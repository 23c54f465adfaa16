#pragma once

#include "seawall/cli/audit_session.h"
#include "seawall/cli/option_tables.h"
#include "seawall/retention/destruction.h"

namespace seawall::cli {

inline constexpr std::array kRetentionAgainstOptions = joined(
    std::array{OptionSpec{.name = "--against",
                          .value = "URL|DIR",
                          .help = "verify this log, and see that the store has the record of each entry",
                          .kind = ValueKind::kPath}},
    kAuditReadOptions);

/// With --against, verifies the log and holds the store against it, entry by entry. Errors: kCorrupt (a
/// record was taken away: the first one's place is named), those of LogAudit, kInvalidInput (no --log).
Result<void> check_against_log(const Arguments& arguments, Console& console, LogRecordRetention& retention);

}  // namespace seawall::cli
