// Property: any line is read as a record for the rules of retention or refused without a crash; one that is
// read has one text, and is never due before the last keeping that counts has ended.
#include <cstdint>
#include <cstdlib>

#include "seawall/retention/rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = seawall::retained_record_from({reinterpret_cast<const char*>(data), size});
  if (!record) return 0;
  const auto again = seawall::retained_record_from(seawall::to_text(*record));
  if (!again || seawall::to_text(*again) != seawall::to_text(*record)) std::abort();
  const seawall::Time now = record->created + std::chrono::hours(24 * 400);
  const auto verdict = seawall::decide_retention(*record, now);
  if (verdict.erase_after && verdict.keep_until && *verdict.erase_after < *verdict.keep_until) std::abort();
  const bool due = verdict.state == seawall::RetentionState::kDue;
  if (due && (!verdict.erase_after || *verdict.erase_after > now)) std::abort();
  return 0;
}
