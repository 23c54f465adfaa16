#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/report/record.h"
#include "seawall/report/summary.h"
#include "seawall/scan/settings.h"
#include "seawall/walk/directory_walker.h"

namespace seawall {

/// What to do with results that a state folder already holds.
enum class JournalStart : std::uint8_t {
  kContinueOrBegin,  ///< Continue a scan with the same settings; begin one in an empty folder.
  kContinue,         ///< Continue; there must be one.
  kRestart,          ///< Forget what is there.
};

/// The durable record of one scan: a folder with an SQLite file (docs/formats/scan.md), one row a
/// file.
///
/// Guarantees: what write() acknowledged survives a crash of process or machine; each path has one row,
/// however often the scan is killed and continued. One process writes a state folder at a time. Threads:
/// known() from one thread, all else from one other; open_to_read() gives an object for one thread. Cost:
/// about 10 us a row in batches of hundreds; each write() waits for the disk once.
class Journal final : public RecordSource {
 public:
  /// Opens `folder` to write, making it if need be. Errors: kConflict (another scan writes it; or kContinue*
  /// and the settings differ: the message says in what), kNotFound (kContinue and there is nothing),
  /// kCorrupt, kUnavailable (I/O), kUnsupported (made by a newer version).
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder,
                                               const ScanSettings& settings, JournalStart start,
                                               const Clock& clock);
  /// Opens what is there, finished or not, also while a scan is writing it. Errors: kNotFound, kCorrupt,
  /// kUnavailable, kUnsupported.
  static Result<std::unique_ptr<Journal>> open_to_read(const std::filesystem::path& folder);
  ~Journal() override;

  /// Records held when it was opened.
  [[nodiscard]] std::uint64_t records_at_start() const;
  struct Known {
    FileStamp stamp;
    bool failed = false;  ///< The record holds an error.
  };
  /// How `path` was recorded before this session; empty if it was not.
  Result<std::optional<Known>> known(const std::string& path);

  /// Adds or replaces records in one transaction. `active_ms`: time of this session so far.
  Result<void> write(std::span<const FileRecord> records, std::int64_t active_ms);
  /// Remembers that the walk came to its end.
  Result<void> finish(const WalkCounts& counts, std::int64_t active_ms);

  [[nodiscard]] const ScanSettings& settings() const;
  /// Counts over everything recorded. Reads every row: about 1 s a million.
  [[nodiscard]] Result<ScanSummary> summary() const;
  Result<void> each(RecordFilter filter, FunctionRef<bool(const FileRecord&)> visit) const override;

  /// One decoded picture, without its path.
  struct Picture {
    std::int64_t id = 0;  ///< For record().
    PdqHash pdq;
    std::uint64_t pixels = 0;
  };
  /// Every picture in the order of paths, 40 bytes each instead of a record.
  Result<void> each_picture(FunctionRef<void(const Picture&)> visit) const;
  /// The record of one picture. Errors: kNotFound, kCorrupt. About 10 us.
  Result<FileRecord> record(std::int64_t id) const;

 private:
  class Impl;
  explicit Journal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace seawall
