#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/statement/log_entry.h"
#include "seawall/store/log_records.h"
#include "seawall/tlog/checkpoint.h"
#include "seawall/tlog_publish/head_signer.h"
#include "seawall/tlog_store/log_store.h"

namespace seawall {

struct SequencerOptions {
  std::string origin;
  std::size_t quorum = 0;  ///< Witnesses that must have cosigned before a head is published.
  std::chrono::milliseconds sign_deadline{5'000};
  std::chrono::milliseconds heartbeat{600'000};  ///< A head is signed anew after that, though nothing is new.
};

/// How a log does.
struct SequencerState {
  std::uint64_t size = 0;            ///< Entries in the log.
  std::uint64_t published_size = 0;  ///< Of the head that was published last.
  Time published_at{};               ///< 0 before the first.
  std::uint64_t appended = 0;        ///< Since the start, as the next two.
  std::uint64_t published = 0;
  std::uint64_t failures = 0;
  bool broken = false;  ///< The disk failed: open the log anew, nothing more is appended.
  std::string trouble;  ///< What stands in the way now; empty: nothing.
  struct Signer {
    std::string name;
    bool well = false;  ///< It signed the head that was published last.
  };
  std::vector<Signer> witnesses;
};

/// Brings records into a log and publishes its heads: append, sign, have witnessed, publish, in that order.
/// Guarantees: each record becomes one entry, in the order of their ids, however often this is cut off: what
/// was appended and not settled is recognised by its text; a head is published only once the log's signer and
/// `quorum` witnesses signed it; a source's changes count as published only after that; an answer to a draw
/// is appended only if the sequencer's own key made it. Threads: step() one;
/// state() any. Lifetime: borrows all.
class Sequencer {
 public:
  struct Parts {
    tlog::LogStore& log;
    LogRecordStore& records;
    const tlog::NoteSigner& sequencer_key;
    HeadSigner& signer;
    std::vector<HeadSigner*> witnesses;
    const Clock& clock;
    std::vector<std::string> sources;  ///< Whose changes are told published.
  };
  static constexpr std::size_t kStepMax = 10'000;

  /// Finds out what an interrupted step left. Errors: kCorrupt (log and records disagree: stop), others of
  /// the two.
  static Result<std::unique_ptr<Sequencer>> open(Parts parts, SequencerOptions options);

  /// Appends what waits, up to kStepMax records, and publishes if anything is new or the heartbeat is due.
  /// Gives how many were appended. Blocks. Errors: those of log, records and signers; the step can be taken
  /// again.
  Result<std::size_t> step();
  [[nodiscard]] SequencerState state() const;

 private:
  Sequencer(Parts parts, SequencerOptions options) : parts_(std::move(parts)), options_(std::move(options)) {}
  Result<void> recover();
  Result<void> settle(std::span<const LogRecord> records, std::uint64_t first);
  Result<void> check_entries(std::span<const LogRecord> records) const;
  [[nodiscard]] Result<void> check_answer(const LogEntry& entry) const;
  Result<std::size_t> append_waiting();
  Result<void> publish();
  Result<void> take_step(std::size_t& appended);
  Result<tlog::NoteSignature> ask(HeadSigner& signer, const tlog::SignedNote& note, std::uint64_t size) const;
  std::size_t add_cosignatures(tlog::SignedNote& note, std::uint64_t size);
  Result<void> tell_published(std::uint64_t size);
  [[nodiscard]] bool is_publishing_due() const;

  Parts parts_;
  const SequencerOptions options_;
  mutable std::mutex mutex_;  ///< Guards state_.
  SequencerState state_;
};

}  // namespace seawall
