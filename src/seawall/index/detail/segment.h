#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "seawall/index/detail/files.h"
#include "seawall/index/detail/front_lines.h"
#include "seawall/index/detail/kernels.h"
#include "seawall/index/detail/page_buffer.h"
#include "seawall/index/detail/radius_plan.h"
#include "seawall/index/detail/wal.h"
#include "seawall/index/live_index.h"

namespace seawall::index_detail {

inline constexpr std::uint64_t kSegmentRowsMax = std::uint64_t{1} << 31;

inline constexpr std::size_t kDirectoryStride = kBuckets + 8;  ///< Entries a table; whole cache lines.

/// Byte offsets of the sections of a segment file; all follow from the three counts.
struct SegmentLayout {
  std::uint64_t rows = 0, tables = 0, lines = 0;
  std::uint64_t ids = 0, codes = 0, directory = 0, line_data = 0, row_numbers = 0, checksums = 0,
                file_size = 0;
  [[nodiscard]] std::uint64_t directory_bytes() const {
    return tables * kDirectoryStride * sizeof(DirectoryEntry);
  }
  [[nodiscard]] std::uint64_t block_count() const;
};
[[nodiscard]] SegmentLayout layout_of(std::uint64_t rows, std::uint64_t tables, std::uint64_t lines);

/// An immutable set of rows (code, id), sorted by id then code, with `tables` look-up tables: 16 for radius
/// search, 1 for exact search, 0 for a small segment that is loaded into a RowTable. The bytes are those of
/// its file. Threads: any. Source: docs/formats/segment.md.
class Segment {
 public:
  /// Checks header, sizes, and the whole directory, so that no later access can leave the bytes, whatever
  /// they hold. Files up to 64 MB are checked byte by byte too. Errors: kCorrupt with `name`.
  static Result<std::shared_ptr<const Segment>> open(std::shared_ptr<const FileContent> content,
                                                     const std::string& name, Kind kind);
  /// Reads every byte. Errors: kCorrupt.
  [[nodiscard]] Result<void> verify() const;

  [[nodiscard]] std::size_t rows() const { return ids_.size(); }
  [[nodiscard]] std::size_t tables() const { return layout_.tables; }
  [[nodiscard]] std::span<const Fingerprint256> codes() const { return codes_; }
  [[nodiscard]] std::span<const EntryId> ids() const { return ids_; }
  [[nodiscard]] const DirectoryEntry* directory(std::size_t table) const {
    return directory_.data() + table * kDirectoryStride;
  }
  [[nodiscard]] const Line* lines() const { return lines_.data(); }
  [[nodiscard]] std::size_t line_count() const { return lines_.size(); }
  [[nodiscard]] const std::uint32_t* row_numbers(std::size_t table) const {
    return row_numbers_.data() + table * rows();
  }
  /// Null until give_front().
  [[nodiscard]] FrontLines* front() const { return front_.load(std::memory_order_acquire); }
  /// Makes searches faster from now on, answers stay the same. `front`: of this segment. Call at most once.
  void give_front(std::unique_ptr<FrontLines> front) const {
    front_owner_ = std::move(front);
    front_.store(front_owner_.get(), std::memory_order_release);
  }
  [[nodiscard]] Bytes bytes() const { return content_->bytes(); }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  Segment() = default;
  [[nodiscard]] bool directory_is_sound() const;
  void bind();

  std::shared_ptr<const FileContent> content_;
  std::string name_;
  mutable std::unique_ptr<FrontLines> front_owner_;
  mutable std::atomic<FrontLines*> front_ = nullptr;
  SegmentLayout layout_;
  std::span<const EntryId> ids_;
  std::span<const Fingerprint256> codes_;
  std::span<const DirectoryEntry> directory_;
  std::span<const Line> lines_;
  std::span<const std::uint32_t> row_numbers_;
};

/// The bytes of a segment file with these rows, which must be sorted by id then code and free of repeats.
/// `front`, if given: takes front lines made in the same pass; then at most FrontLines::kRowsMax rows in
/// kChunks tables. Eight bytes a row of temporary memory. Errors: kLimitExceeded over kSegmentRowsMax rows,
/// kUnavailable without memory.
Result<std::shared_ptr<const FileContent>> build_segment(std::span<const IndexEntry> sorted, Kind kind,
                                                         std::size_t tables,
                                                         std::unique_ptr<FrontLines>* front = nullptr);

}  // namespace seawall::index_detail
