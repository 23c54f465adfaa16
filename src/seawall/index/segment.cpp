#include "seawall/index/detail/segment.h"

#include <algorithm>

#include "seawall/index/detail/segment_format.h"

namespace seawall::index_detail {
namespace {

constexpr std::uint64_t kVerifyAtOpenMax = std::uint64_t{64} << 20;

constexpr std::uint64_t whole_pages(std::uint64_t bytes) { return (bytes + 4095) / 4096 * 4096; }

template <class T>
std::span<const T> section(Bytes bytes, std::uint64_t offset, std::uint64_t count) {
  return {reinterpret_cast<const T*>(bytes.data() + offset), count};
}

tl::unexpected<Error> corrupt(const std::string& name, const char* what) {
  return fail(Code::kCorrupt, name + ": " + what + "; restore the file or rebuild the index");
}

}  // namespace

std::uint64_t SegmentLayout::block_count() const {
  return (checksums - kSegmentHeaderBytes + kSegmentBlockBytes - 1) / kSegmentBlockBytes;
}

SegmentLayout layout_of(std::uint64_t rows, std::uint64_t tables, std::uint64_t lines) {
  SegmentLayout layout{rows, tables, lines};
  layout.ids = kSegmentHeaderBytes;
  layout.codes = layout.ids + whole_pages(rows * sizeof(EntryId));
  layout.directory = layout.codes + whole_pages(rows * sizeof(Fingerprint256));
  layout.line_data = layout.directory + whole_pages(layout.directory_bytes());
  layout.row_numbers = layout.line_data + whole_pages(lines * sizeof(Line));
  layout.checksums = layout.row_numbers + whole_pages(rows * tables * sizeof(std::uint32_t));
  layout.file_size = layout.checksums + layout.block_count() * sizeof(std::uint64_t);
  return layout;
}

std::vector<std::uint64_t> block_checksums(Bytes file, const SegmentLayout& layout) {
  std::vector<std::uint64_t> sums;
  sums.reserve(layout.block_count());
  for (std::uint64_t at = kSegmentHeaderBytes; at < layout.checksums; at += kSegmentBlockBytes) {
    sums.push_back(checksum(file.subspan(at, std::min(kSegmentBlockBytes, layout.checksums - at))));
  }
  return sums;
}

Result<std::shared_ptr<const Segment>> Segment::open(std::shared_ptr<const FileContent> content,
                                                     const std::string& name, Kind kind) {
  const Bytes bytes = content->bytes();
  SegmentHeader header;
  if (!ByteReader(bytes).get(header)) return corrupt(name, "shorter than a segment header");
  if (header.magic != kSegmentMagic) return corrupt(name, "not a segment file");
  if (header.version != kSegmentVersion) return fail(Code::kUnsupported, name + ": unknown segment version");
  if (header.header_checksum != header_checksum(header)) return corrupt(name, "the header is damaged");
  if (header.kind != kind) return corrupt(name, "a segment of another kind of index");
  if (header.rows > kSegmentRowsMax ||
      (header.tables != 0 && header.tables != 1 && header.tables != kChunks) ||
      header.lines > lines_max(header.rows, header.tables)) {
    return corrupt(name, "impossible counts in the header");
  }
  std::shared_ptr<Segment> segment(new Segment);
  segment->layout_ = layout_of(header.rows, header.tables, header.lines);
  if (segment->layout_.file_size != bytes.size()) return corrupt(name, "the file has the wrong size");
  segment->content_ = std::move(content);
  segment->name_ = name;
  segment->bind();
  const Bytes directory = bytes.subspan(segment->layout_.directory, segment->layout_.directory_bytes());
  if (checksum(directory) != header.directory_checksum || !segment->directory_is_sound()) {
    return corrupt(name, "the directory is damaged");
  }
  if (checksum(bytes.subspan(segment->layout_.checksums)) != header.block_checksums_checksum) {
    return corrupt(name, "the checksums are damaged");
  }
  if (bytes.size() <= kVerifyAtOpenMax) {
    if (auto sound = segment->verify(); !sound) return tl::unexpected(std::move(sound).error());
  }
  return segment;
}

void Segment::bind() {
  const Bytes bytes = content_->bytes();
  ids_ = section<EntryId>(bytes, layout_.ids, layout_.rows);
  codes_ = section<Fingerprint256>(bytes, layout_.codes, layout_.rows);
  directory_ = section<DirectoryEntry>(bytes, layout_.directory, layout_.tables * kDirectoryStride);
  lines_ = section<Line>(bytes, layout_.line_data, layout_.lines);
  row_numbers_ = section<std::uint32_t>(bytes, layout_.row_numbers, layout_.rows * layout_.tables);
}

bool Segment::directory_is_sound() const {
  std::uint64_t line = 0;
  for (std::size_t t = 0; t < tables(); ++t) {
    const DirectoryEntry* entry = directory(t);
    if (entry[0].line != line || entry[0].row != 0 || entry[kBuckets].row != rows()) return false;
    bool sound = true;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      const std::uint32_t count = entry[bucket + 1].row - entry[bucket].row;
      const std::uint32_t wanted = lines_for(count);
      sound &=
          entry[bucket].row <= entry[bucket + 1].row && entry[bucket + 1].line - entry[bucket].line == wanted;
    }
    if (!sound) return false;
    line = entry[kBuckets].line;
  }
  return line == lines_.size();
}

Result<void> Segment::verify() const {
  const auto sums = block_checksums(bytes(), layout_);
  const auto stored = section<std::uint64_t>(bytes(), layout_.checksums, layout_.block_count());
  for (std::size_t block = 0; block < sums.size(); ++block) {
    if (sums[block] == stored[block]) continue;
    return fail(Code::kCorrupt, name_ + ": the megabyte at byte " +
                                    std::to_string(kSegmentHeaderBytes + block * kSegmentBlockBytes) +
                                    " is damaged; restore the file or rebuild the index");
  }
  return {};
}

}  // namespace seawall::index_detail
