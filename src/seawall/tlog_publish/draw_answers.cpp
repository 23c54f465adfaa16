#include "seawall/tlog_publish/draw_answers.h"

#include <span>
#include <string>

#include "seawall/statement/commitment.h"

namespace seawall {
namespace {

constexpr std::size_t kEntriesAtOnce = 1;

bool is_frame(const Result<LogEntry>& entry) { return entry && entry->kind == LogKind::kDraw && !entry->ref; }

}  // namespace

Result<Sha256> draw_answer(const tlog::NoteSigner& key, const tlog::LogReader& log, std::string_view origin,
                           std::uint64_t leaf) {
  SEAWALL_TRY(const auto entries, log.read_entries(leaf, kEntriesAtOnce));
  if (!is_frame(log_entry_from_text(entries.at(0))))
    return fail(Code::kCorrupt, "leaf " + std::to_string(leaf) + " of the log is no frame of a draw");
  SEAWALL_TRY(const auto signature, key.sign("seawall/draw-answer/v1\n" + std::string(origin) + "\n" +
                                             std::to_string(leaf) + "\n" + entries[0] + "\n"));
  return commitment_of(name_of(LogKind::kDrawAnswer), CommitmentSalt{}, signature.bytes);
}

Result<std::size_t> DrawAnswers::step() {
  SEAWALL_TRY(const std::uint64_t last, parts_.records.last_of(kOverseerSource));
  std::size_t answered = 0;
  for (std::size_t looked = 0; next_ <= last && looked < kStepMax; ++looked, ++next_) {
    SEAWALL_TRY(const auto record, parts_.records.record_of(kOverseerSource, next_));
    if (!record) continue;
    if (!record->leaf) break;
    if (!is_frame(log_entry_from_text(record->entry))) continue;
    SEAWALL_TRY(const std::size_t more, answer(*record));
    answered += more;
  }
  return answered;
}

Result<std::size_t> DrawAnswers::answer(const LogRecord& frame) {
  const std::uint64_t leaf = *frame.leaf;
  SEAWALL_TRY(const auto known, parts_.records.record_of(kDrawsSource, leaf + 1));
  if (known) return 0;
  SEAWALL_TRY(const Sha256 value, draw_answer(parts_.key, parts_.log, parts_.origin, leaf));
  LogRecord record;
  record.source = kDrawsSource;
  record.source_id = leaf + 1;
  record.at = parts_.clock.now();
  record.entry =
      to_text(LogEntry{.at = record.at, .kind = LogKind::kDrawAnswer, .commitment = value, .ref = leaf});
  return parts_.records.add(std::span(&record, 1));
}

}  // namespace seawall
