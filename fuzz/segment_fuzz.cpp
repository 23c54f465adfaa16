// Property: a segment file with any bytes changed, checksums mended or not, is refused or searched without
// leaving it.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "seawall/index/detail/search.h"
#include "seawall/index/detail/segment_format.h"

namespace {
using namespace seawall;                // NOLINT(google-build-using-namespace): one file, one purpose
using namespace seawall::index_detail;  // NOLINT(google-build-using-namespace): as above

class Content final : public FileContent {
 public:
  explicit Content(Bytes bytes) : buffer_(*PageBuffer::allocate(bytes.size())) {
    if (!bytes.empty()) std::memcpy(buffer_.bytes().data(), bytes.data(), bytes.size());
  }
  [[nodiscard]] Bytes bytes() const override { return buffer_.bytes(); }
  [[nodiscard]] std::span<std::byte> writable() const { return buffer_.bytes(); }

 private:
  PageBuffer buffer_;
};

Bytes pristine(std::size_t tables) {
  static const auto kFiles = [] {
    std::array<std::shared_ptr<const FileContent>, 3> files;
    std::vector<IndexEntry> rows;
    for (std::uint64_t i = 1; i <= 50; ++i) rows.push_back({{{i / 3, i, ~i, 0}}, EntryId{i}});
    const std::size_t kTables[] = {0, 1, kChunks};
    for (std::size_t i = 0; i < 3; ++i) files[i] = *build_segment(rows, Kind::kRadius, kTables[i]);
    return files;
  }();
  return kFiles[tables]->bytes();
}

/// Makes the checksums right again, so that the checks behind them are reached.
void mend(std::span<std::byte> bytes) {
  SegmentHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  const SegmentLayout layout = layout_of(header.rows, header.tables, header.lines);
  if (header.rows < 1000 && header.tables <= kChunks && header.lines < 100'000 &&
      layout.file_size == bytes.size()) {
    const auto sums = block_checksums(bytes, layout);
    std::memcpy(bytes.data() + layout.checksums, sums.data(), sums.size() * sizeof sums[0]);
    header.directory_checksum = checksum(Bytes(bytes).subspan(layout.directory, layout.directory_bytes()));
    header.block_checksums_checksum = checksum(Bytes(bytes).subspan(layout.checksums));
  }
  header.header_checksum = header_checksum(header);
  std::memcpy(bytes.data(), &header, sizeof header);
}

void search_all(const Segment& segment) {
  const LiveRows live{nullptr, static_cast<std::uint32_t>(segment.rows())};
  for (const int radius : {0, 31, 63, 100}) {
    SearchMode mode;
    mode.radius_bits = radius;
    mode.cost.share = 1e9;
    std::vector<RowHit> hits;
    search_segment(segment, live, kernels(), {{1, 2, ~2ULL, 0}}, mode, hits);
    for (const RowHit& hit : hits) {
      if (hit.row >= segment.rows() || hit.distance_bits > radius) std::abort();
    }
  }
}
}  // namespace

// Byte 0: low two bits choose the file, bit 2 mends checksums, bit 3 cuts. Then (offset 3 bytes, value 1
// byte) each.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes file = pristine((data[0] & 3U) == 3 && size % 8 == 1 ? 2 : (data[0] & 3U) == 0 ? 0 : 1);
  const bool cut = (data[0] & 8U) != 0 && size >= 4;
  const std::size_t keep = cut ? (data[1] | data[2] * 256U | data[3] * 65536U) % file.size() : file.size();
  auto content = std::make_shared<Content>(file.first(keep));
  const auto bytes = content->writable();
  for (std::size_t at = 1; at + 4 <= size && !bytes.empty(); at += 4) {
    const std::size_t offset = data[at] | data[at + 1] * 256U | data[at + 2] * 65536U;
    bytes[offset % bytes.size()] = std::byte{data[at + 3]};
  }
  if ((data[0] & 4U) != 0 && bytes.size() >= sizeof(SegmentHeader)) mend(bytes);
  const auto segment = Segment::open(content, "fuzzed", Kind::kRadius);
  if (segment) search_all(**segment);
  return 0;
}
