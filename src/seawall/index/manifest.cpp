#include "seawall/index/detail/manifest.h"

#include <array>

#include "seawall/index/detail/segment.h"

namespace seawall::index_detail {
namespace {

constexpr std::array<char, 8> kMagic = {'S', 'E', 'A', 'W', 'M', 'A', 'N', '1'};
constexpr std::uint32_t kVersion = 1;

tl::unexpected<Error> corrupt(const std::string& name, const char* what) {
  return fail(Code::kCorrupt, name + ": " + what + "; restore the file or rebuild the index");
}

bool read_segment(ByteReader& reader, ManifestSegment& segment) {
  std::uint64_t dead_count = 0;
  if (!reader.get(segment.number) || !reader.get(segment.rows) || !reader.get(dead_count)) return false;
  if (segment.rows > kSegmentRowsMax || dead_count > segment.rows ||
      dead_count > reader.left().size() / sizeof(std::uint32_t)) {
    return false;
  }
  segment.dead.resize(dead_count);
  std::uint64_t least = 0;
  for (std::uint32_t& row : segment.dead) {
    reader.get(row);
    if (row < least || row >= segment.rows) return false;
    least = std::uint64_t{row} + 1;
  }
  return true;
}

}  // namespace

std::vector<std::byte> encode_manifest(const Manifest& manifest) {
  ByteWriter out;
  out.put(kMagic);
  out.put(kVersion);
  out.put(manifest.kind);
  out.put(manifest.next_segment);
  out.put(manifest.first_wal);
  out.put(manifest.position);
  out.put(std::uint64_t{manifest.segments.size()});
  for (const ManifestSegment& segment : manifest.segments) {
    out.put(segment.number);
    out.put(segment.rows);
    out.put(std::uint64_t{segment.dead.size()});
    out.put_bytes(std::as_bytes(std::span(segment.dead)));
  }
  out.put(checksum(out.bytes()));
  return std::move(out).take();
}

Result<Manifest> decode_manifest(Bytes file, const std::string& name) {
  constexpr std::size_t kSum = sizeof(std::uint64_t);
  if (file.size() < kMagic.size() + kSum) return corrupt(name, "shorter than a manifest");
  std::uint64_t stored = 0;
  ByteReader(file.last(kSum)).get(stored);
  if (checksum(file.first(file.size() - kSum)) != stored) return corrupt(name, "the checksum is wrong");
  ByteReader reader(file.first(file.size() - kSum));
  std::array<char, 8> magic{};
  std::uint32_t version = 0;
  std::uint64_t count = 0;
  Manifest manifest;
  if (!reader.get(magic) || magic != kMagic) return corrupt(name, "not a manifest");
  if (!reader.get(version) || version != kVersion)
    return fail(Code::kUnsupported, name + ": unknown version");
  if (!reader.get(manifest.kind) || !reader.get(manifest.next_segment) || !reader.get(manifest.first_wal) ||
      !reader.get(manifest.position) || !reader.get(count) || count > reader.left().size()) {
    return corrupt(name, "cut short");
  }
  for (; count != 0; --count) {
    ManifestSegment segment;
    if (!read_segment(reader, segment)) return corrupt(name, "impossible segment record");
    manifest.segments.push_back(std::move(segment));
  }
  if (!reader.left().empty()) return corrupt(name, "bytes after the end");
  return manifest;
}

}  // namespace seawall::index_detail
