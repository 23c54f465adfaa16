#include "seawall/tlog_publish/sequencer.h"

#include <algorithm>
#include <future>
#include <set>

#include "seawall/tlog_publish/draw_answers.h"

namespace seawall {
namespace {

std::vector<std::string_view> entries_of(std::span<const LogRecord> records) {
  std::vector<std::string_view> entries;
  entries.reserve(records.size());
  for (const LogRecord& record : records) entries.emplace_back(record.entry);
  return entries;
}

tl::unexpected<Error> disagree() {
  return fail(Code::kCorrupt,
              "the log holds entries that are none of the records that wait: one of the two is of another "
              "time; restore them together");
}

Result<void> check_different(const std::vector<HeadSigner*>& witnesses) {
  std::set<std::string> names;
  for (const HeadSigner* witness : witnesses) {
    if (names.insert(witness->key().name()).second) continue;
    return fail(Code::kInvalidInput, "witness " + witness->key().name() + " is named twice");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Sequencer>> Sequencer::open(Parts parts, SequencerOptions options) {
  SEAWALL_CHECK(check_different(parts.witnesses));
  std::unique_ptr<Sequencer> sequencer(new Sequencer(std::move(parts), std::move(options)));
  SEAWALL_CHECK(sequencer->recover());
  SequencerState& state = sequencer->state_;
  for (const HeadSigner* witness : sequencer->parts_.witnesses) {
    state.witnesses.push_back({witness->key().name(), false});
  }
  state.size = sequencer->parts_.log.head().size;
  return sequencer;
}

Result<void> Sequencer::settle(std::span<const LogRecord> records, std::uint64_t first) {
  std::vector<LoggedLeaf> leaves;
  leaves.reserve(records.size());
  for (const LogRecord& record : records) leaves.push_back({record.id, first++});
  return parts_.records.settle(leaves);
}

/// What was appended without being settled are the first of those that wait.
Result<void> Sequencer::recover() {
  for (;;) {
    SEAWALL_TRY(const std::uint64_t settled, parts_.records.settled());
    const std::uint64_t size = parts_.log.head().size;
    if (settled > size) return disagree();
    if (settled == size) return {};
    const std::uint64_t count = std::min<std::uint64_t>(size - settled, kStepMax);
    SEAWALL_TRY(const auto waiting, parts_.records.waiting(count));
    SEAWALL_TRY(const auto entries, parts_.log.reader().read_entries(settled, count));
    if (!std::ranges::equal(entries, waiting, {}, {}, &LogRecord::entry)) return disagree();
    SEAWALL_CHECK(settle(waiting, settled));
  }
}

Result<void> Sequencer::check_answer(const LogEntry& entry) const {
  const auto forged = [] {
    return fail(Code::kCorrupt, "an answer to a draw waits that this sequencer's key did not make");
  };
  if (!entry.ref || *entry.ref >= parts_.log.head().size || entry.due || entry.count != 1) return forged();
  SEAWALL_TRY(const Sha256 made,
              draw_answer(parts_.sequencer_key, parts_.log.reader(), options_.origin, *entry.ref));
  return made == entry.commitment ? Result<void>() : forged();
}

Result<void> Sequencer::check_entries(std::span<const LogRecord> records) const {
  for (const LogRecord& record : records) {
    const auto entry = log_entry_from_text(record.entry);
    if (!entry)
      return fail(Code::kCorrupt, "record " + std::to_string(record.id) + " of source " + record.source +
                                      " is no entry of a log, and must not become one: look at who wrote it");
    if (entry->kind == LogKind::kDrawAnswer) SEAWALL_CHECK(check_answer(*entry));
  }
  return {};
}

Result<std::size_t> Sequencer::append_waiting() {
  SEAWALL_TRY(const auto waiting, parts_.records.waiting(kStepMax));
  if (waiting.empty()) return 0;
  SEAWALL_CHECK(check_entries(waiting));
  const auto first = parts_.log.append(entries_of(waiting));
  if (!first) {
    const std::lock_guard lock(mutex_);
    state_.broken = true;
    return tl::unexpected(first.error());
  }
  SEAWALL_CHECK(settle(waiting, *first));
  return waiting.size();
}

Result<tlog::NoteSignature> Sequencer::ask(HeadSigner& signer, const tlog::SignedNote& note,
                                           std::uint64_t size) const {
  const auto read = [this](const tlog::TileId& tile) { return parts_.log.reader().read_tile(tile); };
  return signer.sign(
      note, size, [&](std::uint64_t old_size) { return tlog::prove_consistency(old_size, size, read); },
      options_.sign_deadline);
}

/// Asks all witnesses at once; gives how many cosigned.
std::size_t Sequencer::add_cosignatures(tlog::SignedNote& note, std::uint64_t size) {
  const tlog::SignedNote asked = note;
  std::vector<std::future<Result<tlog::NoteSignature>>> answers;
  for (HeadSigner* witness : parts_.witnesses) {
    answers.push_back(
        std::async(std::launch::async, [this, witness, &asked, size] { return ask(*witness, asked, size); }));
  }
  std::size_t count = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto line = answers[i].get();
    const std::lock_guard lock(mutex_);
    state_.witnesses[i].well = line.has_value();
    if (!line) {
      state_.trouble = line.error().message;
      continue;
    }
    note.signatures.push_back(*line);
    ++count;
  }
  return count;
}

Result<void> Sequencer::tell_published(std::uint64_t size) {
  for (const std::string& source : parts_.sources) {
    SEAWALL_TRY(const std::uint64_t covered, parts_.records.covered(source, size));
    SEAWALL_CHECK(parts_.records.set_published(source, covered));
  }
  return {};
}

Result<void> Sequencer::publish() {
  const tlog::TreeHead head = parts_.log.head();
  const std::string text = tlog::print_checkpoint({options_.origin, head, {}});
  SEAWALL_TRY(const auto own, parts_.sequencer_key.sign(text));
  SEAWALL_TRY(const auto line, ask(parts_.signer, {text, {own}}, head.size));
  tlog::SignedNote note{text, {line}};
  const std::size_t count = add_cosignatures(note, head.size);
  if (count < options_.quorum) {
    return fail(Code::kUnavailable, "only " + std::to_string(count) + " of the " +
                                        std::to_string(options_.quorum) +
                                        " witnesses that are needed cosigned: nothing new is published");
  }
  SEAWALL_CHECK(parts_.log.publish(tlog::print_note(note)));
  SEAWALL_CHECK(tell_published(head.size));
  const std::lock_guard lock(mutex_);
  state_.published_size = head.size;
  state_.published_at = parts_.clock.now();
  ++state_.published;
  if (count == parts_.witnesses.size()) state_.trouble.clear();
  return {};
}

bool Sequencer::is_publishing_due() const {
  const std::lock_guard lock(mutex_);
  if (state_.published == 0 || state_.size != state_.published_size) return true;
  const auto age = parts_.clock.now() - state_.published_at;
  return age >= options_.heartbeat || age < age.zero();  // The clock may have been set back.
}

Result<void> Sequencer::take_step(std::size_t& appended) {
  SEAWALL_TRY(appended, append_waiting());
  {
    const std::lock_guard lock(mutex_);
    state_.size = parts_.log.head().size;
    state_.appended += appended;
  }
  return is_publishing_due() ? publish() : Result<void>();
}

Result<std::size_t> Sequencer::step() {
  std::size_t appended = 0;
  const auto done = take_step(appended);
  if (done) return appended;
  const std::lock_guard lock(mutex_);
  ++state_.failures;
  if (state_.trouble.empty() || done.error().code != Code::kUnavailable)
    state_.trouble = done.error().message;
  return tl::unexpected(done.error());
}

SequencerState Sequencer::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace seawall
