#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/match/signals.h"
#include "seawall/media/decoder.h"
#include "seawall/media/video_decoder.h"
#include "seawall/report/record.h"
#include "seawall/scan/video_search.h"
#include "seawall/video_print/timed_hash.h"
#include "seawall/walk/directory_walker.h"

namespace seawall {

/// Port: one bank, opened and ready to be searched. Threads: any number at once.
class ScanBank {
 public:
  virtual ~ScanBank() = default;
  /// Appends every entry that the media meets. `signals` may hold digests alone. Errors: the bank's; after
  /// kUnavailable the scan ends, since the file is not to blame and the next would fare no better.
  virtual Result<void> search(const MediaSignals& signals, std::vector<RecordedMatch>& matches) const = 0;
  /// Whether search_video() can find anything. Where no bank can, videos need not be decoded.
  [[nodiscard]] virtual bool lists_videos() const { return false; }
  /// Appends every part of a listed video that a video shows. Errors: as search(). A bank that knows of no
  /// videos finds none.
  virtual Result<void> search_video(const HashTrack& track, VideoFindings& findings) const {
    (void)track;
    (void)findings;
    return {};
  }
};

struct ExamineOptions {
  SignalOptions signals;
  /// Decodes videos; null, or where no bank lists any: they are compared by their digests alone. Must outlive
  /// the examiner.
  VideoDecoder* videos = nullptr;
  VideoLimits video_limits{};
  bool pictures_only = false;  ///< Files that are not pictures are not read beyond their first bytes.
  std::uint64_t digest_bytes_max = 1ULL << 40;  ///< A larger file (/proc/kcore says 128 TiB) is not read.
};

/// Turns one file into its record: reads, digests, decodes, hashes, searches.
/// Guarantees: reads with read(2), never a mapping, so a file cut short meanwhile cannot crash the program; a
/// file that changes while it is read is read once more, then reported as an error; digests are compared also
/// when the picture does not decode or is too large to decode. Memory: at most limits.input_bytes_max for the
/// file. Threads: one object, one thread; decoder and banks are shared. Lifetime: decoder and banks must
/// outlive it.
class FileExaminer {
 public:
  /// `stopping`: once true, long reading is given up.
  FileExaminer(MediaDecoder& decoder, std::span<const ScanBank* const> banks, const ExamineOptions& options,
               const std::atomic<bool>& stopping);

  /// What went wrong stands in the record, also what hopeless() says where digests matched; empty only if the
  /// work was given up for `stopping`, or when there is no decoder or a bank does not answer: see hopeless().
  /// Blocks for the reading and the decoding.
  std::optional<FileRecord> examine(const WalkedFile& file);
  /// kUnavailable with the reason after a file for which no decoder could be had, or which a bank could not
  /// look up: it says nothing about that file, and the next ones would fare no better.
  [[nodiscard]] const std::optional<Error>& hopeless() const { return hopeless_; }

 private:
  struct Content;
  Result<Content> read(const UniqueFd& file, std::uint64_t size_bytes);
  Result<FileDigests> digest_rest(const UniqueFd& file, std::size_t filled, std::uint64_t size_bytes);
  Result<void> examine_once(const WalkedFile& file, FileRecord& record, bool& changed);
  Result<void> take_signals(const Content& content, FileRecord& record);
  Result<void> take_video(const UniqueFd& file, const Content& content, FileRecord& record);
  Result<void> search(const MediaSignals& signals, FileRecord& record);

  MediaDecoder& decoder_;
  std::span<const ScanBank* const> banks_;
  ExamineOptions options_;
  const std::atomic<bool>& stopping_;
  bool given_up_ = false;
  std::optional<Error> hopeless_;
  std::vector<std::byte> buffer_;
};

}  // namespace seawall
