#include <algorithm>

#include "seawall/index/detail/segment.h"
#include "seawall/index/detail/segment_format.h"
#include "seawall/index/detail/try.h"

namespace seawall::index_detail {
namespace {

class BuiltContent final : public FileContent {
 public:
  explicit BuiltContent(PageBuffer buffer) : buffer_(std::move(buffer)) {}
  [[nodiscard]] Bytes bytes() const override { return buffer_.bytes(); }

 private:
  PageBuffer buffer_;
};

std::vector<std::uint32_t> count_buckets(std::span<const IndexEntry> rows, std::size_t table) {
  std::vector<std::uint32_t> counts(kBuckets);
  for (const IndexEntry& row : rows) ++counts[bucket_of(chunk_of(row.fingerprint, table))];
  return counts;
}

/// Fills one table's directory from its bucket sizes; `line` is the first free line before and after.
void fill_directory(std::span<const std::uint32_t> counts, std::span<DirectoryEntry> directory,
                    std::uint32_t& line) {
  std::uint32_t row = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    directory[bucket] = {line, row};
    line += lines_for(counts[bucket]);
    row += counts[bucket];
  }
  std::fill(directory.begin() + kBuckets, directory.end(), DirectoryEntry{line, row});
}

/// Where the next row of a bucket goes. Eight bytes, so that those of a table stay in the level-2 cache.
struct Cursor {
  std::uint32_t lane = 0;  // Among the lanes of the table.
  std::uint32_t row = 0;
};

void fill_table(std::span<const IndexEntry> rows, std::size_t table,
                std::span<const DirectoryEntry> directory, std::span<Line> lines,
                std::span<std::uint32_t> row_numbers) {
  std::vector<Cursor> cursors(kBuckets);
  constexpr auto kLanes = static_cast<std::uint32_t>(kLineLanes);
  const std::uint32_t first = directory[0].line;
  lines = lines.subspan(first, directory[kBuckets].line - first);
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    cursors[bucket] = {(directory[bucket].line - first) * kLanes, directory[bucket].row};
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const Fingerprint256& code = rows[row].fingerprint;
    Cursor& cursor = cursors[bucket_of(chunk_of(code, table))];
    lines[cursor.lane / kLineLanes].lanes[cursor.lane % kLineLanes] = chunk_of(code, (table + 1) % kChunks);
    row_numbers[cursor.row] = static_cast<std::uint32_t>(row);
    ++cursor.lane;
    ++cursor.row;
  }
}

void seal(PageBuffer& buffer, const SegmentLayout& layout, Kind kind) {
  const Bytes bytes = buffer.bytes();
  const auto sums = block_checksums(bytes, layout);
  std::copy(sums.begin(), sums.end(), buffer.values<std::uint64_t>(layout.checksums, sums.size()).begin());
  SegmentHeader header;
  header.kind = kind;
  header.rows = layout.rows;
  header.tables = layout.tables;
  header.lines = layout.lines;
  header.directory_checksum = checksum(bytes.subspan(layout.directory, layout.directory_bytes()));
  header.block_checksums_checksum = checksum(bytes.subspan(layout.checksums));
  header.header_checksum = header_checksum(header);
  std::memcpy(buffer.bytes().data(), &header, sizeof header);
}

}  // namespace

Result<std::shared_ptr<const FileContent>> build_segment(std::span<const IndexEntry> sorted, Kind kind,
                                                         std::size_t tables) {
  if (sorted.size() > kSegmentRowsMax) {
    return fail(Code::kLimitExceeded, "a segment holds at most 2,147,483,648 rows; use several indexes");
  }
  std::uint64_t lines = 0;
  std::vector<std::vector<std::uint32_t>> counts;
  for (std::size_t t = 0; t < tables; ++t) {
    counts.push_back(count_buckets(sorted, t));
    for (const std::uint32_t count : counts.back()) lines += lines_for(count);
  }
  const SegmentLayout layout = layout_of(sorted.size(), tables, lines);
  SEAWALL_TRY(PageBuffer buffer, PageBuffer::allocate(layout.file_size));
  const auto ids = buffer.values<EntryId>(layout.ids, sorted.size());
  const auto codes = buffer.values<Fingerprint256>(layout.codes, sorted.size());
  for (std::size_t row = 0; row < sorted.size(); ++row) {
    ids[row] = sorted[row].id;
    codes[row] = sorted[row].fingerprint;
  }
  const auto directory = buffer.values<DirectoryEntry>(layout.directory, tables * kDirectoryStride);
  const auto line_data = buffer.values<Line>(layout.line_data, lines);
  const auto row_numbers = buffer.values<std::uint32_t>(layout.row_numbers, sorted.size() * tables);
  std::uint32_t line = 0;
  for (std::size_t t = 0; t < tables; ++t) {
    const auto entries = directory.subspan(t * kDirectoryStride, kDirectoryStride);
    fill_directory(counts[t], entries, line);
    fill_table(sorted, t, entries, line_data, row_numbers.subspan(t * sorted.size(), sorted.size()));
  }
  seal(buffer, layout, kind);
  return std::make_shared<BuiltContent>(std::move(buffer));
}

}  // namespace seawall::index_detail
