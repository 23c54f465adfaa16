#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/statement/log_entry.h"
#include "seawall/store/log_records.h"
#include "seawall/tlog/keys.h"
#include "seawall/tlog_store/log_reader.h"

namespace seawall {

/// The source of LogRecord that answers draws; its source_id is the leaf of the frame and 1.
inline constexpr std::string_view kDrawsSource = "draws";
/// Whose frames are answered.
inline constexpr std::string_view kOverseerSource = "overseer";

/// What whoever keeps the log adds to the draw whose frame stands there as `leaf`: commitment_of()
/// "draw-answer", a salt of zeros and the sequencer's Ed25519 signature over "seawall/draw-answer/v1", the
/// log's origin, the leaf and the frame's entry, a line each. One value for one frame in one place, which
/// nobody without that key knows before the frame stands there. Errors: kCorrupt unless that leaf is a
/// frame; those of `log`.
Result<Sha256> draw_answer(const tlog::NoteSigner& key, const tlog::LogReader& log, std::string_view origin,
                           std::uint64_t leaf);

/// Answers each frame of a draw once it stands in the log.
/// Guarantees: one answer a frame, however often this is cut off, and never one before the log itself holds
/// the frame, whatever the records say. Threads: one. Lifetime: borrows all. Cost: one record of the
/// overseers' register each, and of all those there are at the start.
class DrawAnswers {
 public:
  struct Parts {
    const tlog::LogReader& log;
    std::string origin;
    LogRecordStore& records;
    const tlog::NoteSigner& key;
    const Clock& clock;
  };
  static constexpr std::size_t kStepMax = 10'000;  ///< Records looked at.

  explicit DrawAnswers(Parts parts) : parts_(std::move(parts)) {}

  /// Gives how many answers are new. Blocks. Errors: those of log and records.
  Result<std::size_t> step();

 private:
  Result<std::size_t> answer(const LogRecord& frame);

  const Parts parts_;
  std::uint64_t next_ = 1;  ///< The first record that was not in the log yet.
};

}  // namespace seawall
