#include <algorithm>
#include <array>

#include "seawall/index/detail/row_partition.h"
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

template <std::size_t kTables>
void count_tables(std::span<const Fingerprint256> codes, std::size_t first, std::uint32_t* counts) {
  for (const Fingerprint256& code : codes) {
    for (std::size_t t = 0; t < kTables; ++t) ++counts[t * kBuckets + bucket_of(chunk_of(code, first + t))];
  }
}

/// Rows of each bucket of each table. Two tables a pass: their counts stay in the level-2 cache.
std::vector<std::uint32_t> count_buckets(std::span<const Fingerprint256> codes, std::size_t tables) {
  std::vector<std::uint32_t> counts(tables * kBuckets);
  for (std::size_t t = 0; t < tables; t += 2) {
    (t + 1 < tables ? count_tables<2> : count_tables<1>)(codes, t, counts.data() + t * kBuckets);
  }
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

/// Where the next row of a bucket goes.
struct Cursor {
  std::uint32_t lane = 0;  // Among the lanes of the table.
  std::uint32_t row = 0;
};

template <bool kWithThird>
void fill_part(std::span<const PackedRow> rows, std::span<const DirectoryEntry> directory, Line* table_lines,
               std::uint32_t first_line, std::uint32_t* row_numbers) {
  constexpr auto kLanes = static_cast<std::uint32_t>(kLineLanes);
  std::array<Cursor, RowPartition::kPartBuckets> cursors;
  for (std::size_t i = 0; i < cursors.size(); ++i) {
    cursors[i] = {(directory[i].line - first_line) * kLanes, directory[i].row};
  }
  for (const PackedRow& row : rows) {
    Cursor& cursor = cursors[row.low()];
    table_lines[cursor.lane / kLineLanes].lanes[cursor.lane % kLineLanes] = row.next();
    row_numbers[cursor.row] = row.row<kWithThird>();
    ++cursor.lane;
    ++cursor.row;
  }
}

/// Lines and row numbers of all tables, part by part, and their front lines if wanted.
Result<void> fill_tables(std::span<const Fingerprint256> codes, std::size_t tables,
                         std::span<const DirectoryEntry> directory, std::span<Line> lines,
                         std::span<std::uint32_t> row_numbers, FrontLines* front) {
  SEAWALL_TRY(RowPartition partition, RowPartition::create(codes.size()));
  for (std::size_t t = 0; t < tables; ++t) {
    const auto entries = directory.subspan(t * kDirectoryStride, kDirectoryStride);
    partition.order(codes, t, front != nullptr, entries);
    Line* const table_lines = lines.data() + entries[0].line;
    std::uint32_t* const numbers = row_numbers.data() + t * codes.size();
    for (std::size_t part = 0; part < RowPartition::kParts; ++part) {
      const auto buckets = entries.subspan(part * RowPartition::kPartBuckets);
      const auto fill = front != nullptr ? fill_part<true> : fill_part<false>;
      fill(partition.part(part), buckets, table_lines, entries[0].line, numbers);
      if (front != nullptr) front->fill_part(t, part, partition.part(part));
    }
  }
  return {};
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
                                                         std::size_t tables,
                                                         std::unique_ptr<FrontLines>* front) {
  if (sorted.size() > kSegmentRowsMax) {
    return fail(Code::kLimitExceeded, "a segment holds at most 2,147,483,648 rows; use several indexes");
  }
  // The sections up to the lines stand where they do whatever their number: so the codes come first.
  const SegmentLayout upper = layout_of(sorted.size(), tables, lines_max(sorted.size(), tables));
  SEAWALL_TRY(PageBuffer buffer, PageBuffer::allocate(upper.file_size));
  const auto ids = buffer.values<EntryId>(upper.ids, sorted.size());
  const auto codes = buffer.values<Fingerprint256>(upper.codes, sorted.size());
  for (std::size_t row = 0; row < sorted.size(); ++row) {
    ids[row] = sorted[row].id;
    codes[row] = sorted[row].fingerprint;
  }
  const auto directory = buffer.values<DirectoryEntry>(upper.directory, tables * kDirectoryStride);
  std::uint32_t lines = 0;
  {
    const auto counts = count_buckets(codes, tables);
    for (std::size_t t = 0; t < tables; ++t) {
      fill_directory(std::span(counts).subspan(t * kBuckets, kBuckets),
                     directory.subspan(t * kDirectoryStride, kDirectoryStride), lines);
    }
  }
  const SegmentLayout layout = layout_of(sorted.size(), tables, lines);
  buffer.shrink(layout.file_size);
  if (front != nullptr) {
    SEAWALL_TRY(*front, FrontLines::allocate());
  }
  if (tables != 0) {
    SEAWALL_CHECK(fill_tables(codes, tables, directory, buffer.values<Line>(layout.line_data, lines),
                              buffer.values<std::uint32_t>(layout.row_numbers, sorted.size() * tables),
                              front != nullptr ? front->get() : nullptr));
  }
  seal(buffer, layout, kind);
  return std::make_shared<BuiltContent>(std::move(buffer));
}

}  // namespace seawall::index_detail
