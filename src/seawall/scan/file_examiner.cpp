#include "seawall/scan/file_examiner.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "seawall/crypto/digest.h"
#include "seawall/media/video_sniff.h"

namespace seawall {
namespace {

constexpr std::size_t kChunkBytes = 256 << 10;
constexpr std::size_t kSniffBytes = 64;
constexpr std::size_t kKeepBytes = 8 << 20;  // A larger buffer is given back after its file.
constexpr int kAttempts = 2;

// Fills as much of `out` as there is; fewer bytes only at the end of the file.
Result<std::size_t> read_some(const UniqueFd& file, std::span<std::byte> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t got = ::read(file.get(), out.data() + filled, out.size() - filled);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Code::kUnavailable, "cannot be read (errno " + std::to_string(errno) + ")");
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

}  // namespace

struct FileExaminer::Content {
  MediaType type = MediaType::kUnknown;
  bool whole = false;  // The buffer holds the whole file; otherwise only `digests` are known.
  bool skipped = false;
  std::string_view video_type;  // Of a container that may hold a video; else empty.
  std::span<const std::byte> bytes;
  FileDigests digests;
};

FileExaminer::FileExaminer(MediaDecoder& decoder, std::span<const ScanBank* const> banks,
                           const ExamineOptions& options, const std::atomic<bool>& stopping)
    : decoder_(decoder), banks_(banks), options_(options), stopping_(stopping) {}

std::optional<FileRecord> FileExaminer::examine(const WalkedFile& file) {
  FileRecord record;
  bool changed = true;
  for (int attempt = 0; attempt < kAttempts && changed; ++attempt) {
    record = FileRecord{};
    record.path = file.path;
    record.size_bytes = file.stamp.size_bytes;
    record.mtime_ns = file.stamp.mtime_ns;
    changed = false;
    if (auto done = examine_once(file, record, changed); !done) record.error = std::move(done).error();
    if (given_up_ || (hopeless_ && !record.error)) return std::nullopt;
  }
  if (changed) record.error = Error{Code::kConflict, "the file changes while it is read; scan again later"};
  if (buffer_.capacity() > kKeepBytes) std::vector<std::byte>().swap(buffer_);
  return record;
}

Result<void> FileExaminer::examine_once(const WalkedFile& file, FileRecord& record, bool& changed) {
  SEAWALL_TRY(const UniqueFd opened, file.open());
  SEAWALL_TRY(const FileStamp before, stamp_of(opened));
  record.size_bytes = before.size_bytes;
  record.mtime_ns = before.mtime_ns;
  SEAWALL_TRY(const Content content, read(opened, before.size_bytes));
  SEAWALL_TRY(const FileStamp after, stamp_of(opened));
  if (before != after) {
    changed = true;
    return {};
  }
  record.type = content.video_type.empty() ? mime_type_of(content.type) : content.video_type;
  if (content.skipped) return {};
  SEAWALL_CHECK(take_signals(content, record));
  return content.video_type.empty() ? Result<void>() : take_video(opened, content, record);
}

Result<FileExaminer::Content> FileExaminer::read(const UniqueFd& file, std::uint64_t size_bytes) {
  buffer_.resize(kChunkBytes);
  SEAWALL_TRY(std::size_t filled, read_some(file, buffer_));
  Content content;
  content.type = sniff_media_type(std::span(buffer_).first(std::min(filled, kSniffBytes)));
  const bool picture = content.type != MediaType::kUnknown;
  content.video_type = sniff_video_type(std::span(buffer_).first(filled));
  if (!picture && options_.pictures_only) {
    content.skipped = true;
    return content;
  }
  if (picture && size_bytes <= options_.signals.decode.limits.input_bytes_max) {
    // One byte more than the size, so that a file that grew is seen to go on.
    buffer_.resize(std::max<std::size_t>(filled, static_cast<std::size_t>(size_bytes) + 1));
    SEAWALL_TRY(const std::size_t rest, read_some(file, std::span(buffer_).subspan(filled)));
    content.whole = true;
    content.bytes = std::span(buffer_).first(filled + rest);
    return content;
  }
  SEAWALL_TRY(content.digests, digest_rest(file, filled, size_bytes));
  return content;
}

// Reads no further than one chunk beyond the size the file had: a log that grows as fast as it is read must
// end too, and is then seen to have changed.
Result<FileDigests> FileExaminer::digest_rest(const UniqueFd& file, std::size_t filled,
                                              std::uint64_t size_bytes) {
  if (size_bytes > options_.digest_bytes_max) {
    return fail(Code::kLimitExceeded, "too large to read: " + std::to_string(size_bytes) +
                                          " bytes, at most " + std::to_string(options_.digest_bytes_max) +
                                          " are read");
  }
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  FileDigester digester;
  std::uint64_t read_bytes = 0;
  while (filled > 0) {
    digester.update(std::span(buffer_).first(filled));
    read_bytes += filled;
    if (read_bytes > size_bytes) {
      return fail(Code::kConflict,
                  "the file holds more than its size says: it grows, or is not a file on a disk");
    }
    if (stopping_) {
      given_up_ = true;
      return fail(Code::kUnavailable, "given up because the scan was stopped");
    }
    SEAWALL_TRY(filled, read_some(file, buffer_));
  }
  return digester.finish();
}

Result<void> FileExaminer::take_signals(const Content& content, FileRecord& record) {
  MediaSignals signals;
  signals.digests = content.digests;
  if (content.whole) {
    auto computed = signals_of(decoder_, content.bytes, options_.signals);
    if (computed) {
      signals = *std::move(computed);
    } else if (computed.error().code == Code::kUnavailable) {
      hopeless_ = std::move(computed).error();
      return {};
    } else {
      record.error = std::move(computed).error();
      signals.digests = digests_of(content.bytes);
    }
  } else if (content.type != MediaType::kUnknown) {
    record.error =
        Error{Code::kLimitExceeded, "too large to decode (at most " +
                                        std::to_string(options_.signals.decode.limits.input_bytes_max) +
                                        " bytes are); only its digests were compared"};
  }
  record.digests = signals.digests;
  record.width_px = signals.info.width_px;
  record.height_px = signals.info.height_px;
  record.frame_count = signals.info.frames_total;
  record.truncated = signals.info.truncated;
  if (!signals.frames.empty()) record.pdq = signals.frames.front().pdq;
  return search(signals, record);
}

// Digests were compared before. Containers hold music, too: that is no error.
Result<void> FileExaminer::take_video(const UniqueFd& file, const Content& content, FileRecord& record) {
  const auto lists_videos = [](const ScanBank* bank) { return bank->lists_videos(); };
  const bool wanted = options_.videos != nullptr && std::ranges::any_of(banks_, lists_videos);
  if (given_up_ || hopeless_ || !wanted) return {};
  VideoQueryOptions how;
  how.profile = options_.signals.profile;
  how.limits = options_.video_limits;
  how.stopping = [this] { return stopping_.load(); };
  const VideoSource source{.file = file.get(), .file_bytes = content.digests.size_bytes};
  auto search = search_video(*options_.videos, source, banks_, how);
  if (!search) {
    Error error = std::move(search).error();
    if (error.code == Code::kNotFound) return {};
    if (error.code != Code::kUnavailable) return tl::unexpected(std::move(error));
    given_up_ = stopping_;
    if (given_up_) return {};
    // What its digests say is told all the same.
    hopeless_ = error;
    return record.matches.empty() ? Result<void>() : tl::unexpected(std::move(error));
  }
  const VideoInfo& info = search->video.info;
  record.width_px = info.shown_width_px();
  record.height_px = info.shown_height_px();
  record.frame_count = static_cast<int>(std::min<std::int64_t>(info.packets, 1 << 30));
  record.truncated = info.truncated;
  std::ranges::move(search->findings.matches, std::back_inserter(record.matches));
  return search->video.whole();
}

Result<void> FileExaminer::search(const MediaSignals& signals, FileRecord& record) {
  for (const ScanBank* bank : banks_) {
    auto searched = bank->search(signals, record.matches);
    if (searched) continue;
    if (searched.error().code != Code::kUnavailable) return searched;
    // A bank that is asked to stop fails, too. The record is not kept.
    record.error.reset();
    given_up_ = stopping_;
    if (!given_up_) hopeless_ = std::move(searched).error();
    return {};
  }
  std::ranges::stable_sort(record.matches, {}, &RecordedMatch::distance_bits);
  return {};
}

}  // namespace seawall
