#include "seawall/tlog_publish/source_intake.h"

#include <span>
#include <vector>

#include "seawall/statement/log_entry.h"

namespace seawall {

Result<bool> SourceIntake::settle_if_logged(const PendingLogEntry& entry) {
  SEAWALL_TRY(const auto known, records_.record_of(name_, static_cast<std::uint64_t>(entry.id)));
  if (!known) return false;
  if (known->entry != entry.entry) {
    return fail(Code::kConflict, "another entry of number " + std::to_string(entry.id) +
                                     " is in the log already: its book was restored or made anew; give it "
                                     "another name, or restore what belongs together");
  }
  if (known->leaf) SEAWALL_CHECK(source_.settle(std::span(&entry.id, 1), *known->leaf));
  return true;
}

Result<std::size_t> SourceIntake::step() {
  SEAWALL_TRY(const auto pending, source_.pending(kStepMax));
  std::vector<LogRecord> made;
  for (const PendingLogEntry& entry : pending) {
    SEAWALL_TRY(const bool known, settle_if_logged(entry));
    if (known) continue;
    const auto read = log_entry_from_text(entry.entry);
    if (!read || read->kind == LogKind::kDrawAnswer) {
      return fail(Code::kCorrupt, "what " + name_ + " has for the log is no entry: look at who wrote it");
    }
    LogRecord record;
    record.source = name_;
    record.source_id = static_cast<std::uint64_t>(entry.id);
    record.entry = entry.entry;
    record.at = clock_.now();
    made.push_back(std::move(record));
  }
  return made.empty() ? Result<std::size_t>(0) : records_.add(made);
}

}  // namespace seawall
