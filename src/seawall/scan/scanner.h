#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "seawall/base/result.h"
#include "seawall/scan/file_examiner.h"
#include "seawall/scan/journal.h"
#include "seawall/walk/directory_walker.h"

namespace seawall {

struct ScanOptions {
  ExamineOptions examine;
  WalkOptions walk;
  unsigned jobs = 0;  ///< Threads that examine files; 0: one a core.
  bool retry_errors =
      false;  ///< Look again at files whose record holds an error. Not yet seen files always are.
  bool count_ahead = false;             ///< Walk the tree a second time, ahead, to know how much is left.
  std::size_t batch_records_max = 512;  ///< Records a transaction.
  std::chrono::milliseconds batch_age_max{500};
  std::chrono::milliseconds tick{100};  ///< Least time between two looks at stopping() and progress.
  std::uint64_t bytes_in_flight_max = 1ULL << 30;  ///< Sizes of the files being examined at once, together.
};

/// Where a scan stands. Counts of this session unless said.
struct ScanProgress {
  std::uint64_t files_done = 0;       ///< Durable, those of earlier sessions that were passed over included.
  std::uint64_t files_resumed = 0;    ///< Of these: done in earlier sessions and unchanged.
  std::uint64_t files_rescanned = 0;  ///< Of these: done before, but changed since.
  std::uint64_t bytes_done = 0;       ///< Sizes of files_done.
  std::uint64_t bytes_resumed = 0;
  std::uint64_t matched_files = 0;
  std::uint64_t error_files = 0;
  std::chrono::milliseconds elapsed{0};
  /// Of the whole tree, once the walk ahead has ended; until then what it has seen so far.
  std::uint64_t files_total = 0;
  std::uint64_t bytes_total = 0;
  bool total_known = false;
};

/// What the caller of a scan sees and decides; called on the thread that called scan_folder().
class ScanObserver {
 public:
  virtual ~ScanObserver() = default;
  /// After the record is durable; in the order of the walk, whichever thread was quicker.
  virtual void on_record(const FileRecord& record) = 0;
  /// About every `tick`.
  virtual void on_progress(const ScanProgress& progress) = 0;
  /// True ends the scan soon: files being examined are finished, and recorded.
  virtual bool stopping() = 0;
};

struct ScanEnd {
  ScanProgress progress;
  bool complete = false;  ///< False: stopped by the observer.
};

/// Examines every regular file under `root` that the journal does not hold yet or that has changed, on all
/// cores.
///
/// Guarantees: a file counts as done once its record is durable; killed at any instant and continued, every
/// file that stays put has exactly one record in the end. Records reach the observer in the order of the
/// walk. Memory: bounded, whatever the tree: the walk's window, a queue, at most kWindow records waiting for
/// an earlier one, bytes_in_flight_max of file contents (or one larger file). Threads: makes jobs + 1 (or +
/// 2) threads and joins them before it returns; blocks until the end. Errors: those of opening `root` and of
/// the journal (disk full), kUnavailable when no decoder can be had or a bank does not answer; then what is
/// durable stays, and the same scan can go on from there.
Result<ScanEnd> scan_folder(const std::string& root, Journal& journal, MediaDecoder& decoder,
                            std::span<const ScanBank* const> banks, const ScanOptions& options,
                            ScanObserver& observer);

}  // namespace seawall
