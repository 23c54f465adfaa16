#include "seawall/observation/detail/block.h"

#include <bit>
#include <cstring>
#include <utility>

namespace seawall::observation_detail {
namespace {

using durable::ByteReader;
using durable::ByteWriter;
using durable::checksum;

constexpr std::uint32_t kMark = 0x4253424f;  // "OBSB"
constexpr std::uint8_t kVersion = 1;

std::size_t bitmap_bytes(std::size_t rows, std::size_t present) {
  return present == 0 || present == rows ? 0 : (rows + 7) / 8;
}

/// Values, then which rows have one unless all do.
template <class T>
void put_sparse(ByteWriter& out, const Sparse<T>& column, std::size_t rows) {
  out.put_bytes(std::as_bytes(std::span(column.values)));
  std::vector<std::byte> bits(bitmap_bytes(rows, column.rows.size()));
  if (!bits.empty()) {
    for (const std::uint32_t row : column.rows) bits[row / 8] |= std::byte{1} << (row % 8);
  }
  out.put_bytes(bits);
}

/// Takes the same off the front of `bytes`; false unless exactly `present` rows of `rows` have a value.
template <class T>
bool take_sparse(Bytes& bytes, std::size_t rows, std::size_t present, Sparse<T>& column) {
  const std::size_t values = present * sizeof(T), bits = bitmap_bytes(rows, present);
  if (bytes.size() < values + bits) return false;
  column.values.resize(present);
  if (values != 0) std::memcpy(column.values.data(), bytes.data(), values);
  const Bytes map = bytes.subspan(values, bits);
  for (std::uint32_t row = 0; row < rows && present != 0; ++row) {
    if (map.empty() || (map[row / 8] >> (row % 8) & std::byte{1}) != std::byte{0}) column.rows.push_back(row);
  }
  bytes = bytes.subspan(values + bits);
  return column.rows.size() == present;
}

std::uint64_t digest_bytes(const BlockHeader& h) {
  return std::uint64_t{16} * h.md5_rows + bitmap_bytes(h.rows, h.md5_rows) + std::uint64_t{20} * h.sha1_rows +
         bitmap_bytes(h.rows, h.sha1_rows) + std::uint64_t{32} * h.sha256_rows +
         bitmap_bytes(h.rows, h.sha256_rows);
}

bool sizes_agree(const BlockHeader& h) {
  if (h.rows == 0 || h.rows > kBlockRowsMax) return false;
  if (h.code_rows > h.rows || h.md5_rows > h.rows || h.sha1_rows > h.rows || h.sha256_rows > h.rows)
    return false;
  if (h.run_count == 0 || h.run_count > h.rows || h.time_bytes > 6) return false;
  if (h.time_min_ms < 0 || h.time_max_ms < h.time_min_ms || h.time_max_ms > Observation::kTimeMsMax)
    return false;
  if (h.place_bytes > Observation::kPlaceBytesMax) return false;
  const std::uint64_t fixed = h.code_rows + std::uint64_t{h.rows} * h.time_bytes;
  const std::uint64_t facts = h.facts.size_bytes;
  const bool facts_fit = h.place_bytes != 0
                             ? facts == fixed + std::uint64_t{h.rows} * h.place_bytes
                             : facts >= fixed + 2ULL * h.rows && facts <= fixed + std::uint64_t{h.rows} * 129;
  return facts_fit && h.runs.size_bytes == h.run_count * sizeof(Run) &&
         h.digests.size_bytes == digest_bytes(h) &&
         h.codes.size_bytes == 32 * h.code_rows + bitmap_bytes(h.rows, h.code_rows);
}

std::vector<Run> runs_of(const Rows& rows) {
  std::vector<Run> runs;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::int64_t time = rows.times_ms[row];
    if (runs.empty() || runs.back().tenant != rows.tenants[row])
      runs.push_back({rows.tenants[row], 0, time, time});
    ++runs.back().rows;
    runs.back().time_max_ms = time;
  }
  return runs;
}

/// The one size that all places have, or 0.
std::uint8_t common_place_bytes(const Rows& rows) {
  const std::size_t first = rows.place(0).size();
  for (std::uint32_t row = 1; row < rows.size(); ++row) {
    if (rows.place(row).size() != first) return 0;
  }
  return static_cast<std::uint8_t>(first);
}

void put_facts(ByteWriter& out, const BlockHeader& h, const Rows& rows) {
  out.put_bytes(std::as_bytes(std::span(rows.quality)));
  for (const std::int64_t time : rows.times_ms) {
    const auto delta = static_cast<std::uint64_t>(time - h.time_min_ms);
    out.put_bytes(std::as_bytes(std::span(&delta, 1)).first(h.time_bytes));
  }
  if (h.place_bytes == 0) {
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
      out.put(static_cast<std::uint8_t>(rows.place(row).size()));
    }
  }
  out.put_bytes(std::as_bytes(std::span(rows.places)));
}

/// Puts the head in front of the sections that `out` holds behind its place, and zeros behind.
std::vector<std::byte> finish(BlockHeader h, ByteWriter out) {
  h.mark = kMark;
  h.version = kVersion;
  const auto sum = [&](Section& section, std::uint64_t at) {
    section.checksum = checksum(out.bytes().subspan(at, section.size_bytes));
  };
  sum(h.codes, h.codes_at());
  sum(h.digests, h.digests_at());
  sum(h.runs, h.runs_at());
  sum(h.facts, h.facts_at());
  h.checksum = checksum(std::as_bytes(std::span(&h, 1)).first(offsetof(BlockHeader, checksum)));
  out.set(0, h);
  std::vector<std::byte> block = std::move(out).take();
  block.resize(h.size_bytes());
  return block;
}

bool take_facts(Bytes facts, const BlockHeader& h, Rows& rows) {
  rows.quality.resize(h.code_rows);
  if (h.code_rows != 0) std::memcpy(rows.quality.data(), facts.data(), h.code_rows);
  facts = facts.subspan(h.code_rows);
  rows.times_ms.resize(h.rows);
  for (std::int64_t& time : rows.times_ms) {
    std::uint64_t delta = 0;
    if (h.time_bytes != 0) std::memcpy(&delta, facts.data(), h.time_bytes);
    time = h.time_min_ms + static_cast<std::int64_t>(delta);
    facts = facts.subspan(h.time_bytes);
    if (time > h.time_max_ms) return false;
  }
  const Bytes sizes = facts.first(h.place_bytes == 0 ? h.rows : 0);
  const Bytes places = facts.subspan(sizes.size());
  std::uint32_t end = 0;
  for (std::uint32_t row = 0; row < h.rows; ++row) {
    const auto size = h.place_bytes == 0 ? static_cast<std::uint8_t>(sizes[row]) : h.place_bytes;
    if (size == 0 || size > Observation::kPlaceBytesMax) return false;
    rows.place_ends.push_back(end += size);
  }
  if (end != places.size()) return false;
  rows.places.assign(reinterpret_cast<const char*>(places.data()), places.size());
  for (const std::uint8_t quality : rows.quality) {
    if (quality > 100) return false;
  }
  return true;
}

}  // namespace

std::vector<std::byte> encode_rows(const Rows& rows) {
  BlockHeader h;
  h.rows = static_cast<std::uint32_t>(rows.size());
  h.code_rows = static_cast<std::uint32_t>(rows.codes.rows.size());
  h.md5_rows = static_cast<std::uint32_t>(rows.md5.rows.size());
  h.sha1_rows = static_cast<std::uint32_t>(rows.sha1.rows.size());
  h.sha256_rows = static_cast<std::uint32_t>(rows.sha256.rows.size());
  const auto [low, high] = std::minmax_element(rows.times_ms.begin(), rows.times_ms.end());
  h.time_min_ms = *low;
  h.time_max_ms = *high;
  h.time_bytes =
      static_cast<std::uint8_t>((std::bit_width(static_cast<std::uint64_t>(*high - *low)) + 7) / 8);
  h.place_bytes = common_place_bytes(rows);
  const std::vector<Run> runs = runs_of(rows);
  h.run_count = static_cast<std::uint32_t>(runs.size());

  ByteWriter out;
  out.put(h);
  std::size_t before = out.size();
  const auto section_done = [&](Section& section) {
    section.size_bytes = static_cast<std::uint32_t>(out.size() - before);
    before = out.size();
  };
  put_sparse(out, rows.codes, rows.size());
  section_done(h.codes);
  put_sparse(out, rows.md5, rows.size());
  put_sparse(out, rows.sha1, rows.size());
  put_sparse(out, rows.sha256, rows.size());
  section_done(h.digests);
  out.put_bytes(std::as_bytes(std::span(runs)));
  section_done(h.runs);
  put_facts(out, h, rows);
  section_done(h.facts);
  return finish(h, std::move(out));
}

std::optional<BlockHeader> read_header(Bytes bytes) {
  BlockHeader h;
  ByteReader reader(bytes);
  if (!reader.get(h) || h.mark != kMark || h.version != kVersion) return std::nullopt;
  if (checksum(bytes.first(offsetof(BlockHeader, checksum))) != h.checksum || !sizes_agree(h))
    return std::nullopt;
  return h;
}

bool intact(const Section& section, Bytes bytes) {
  return bytes.size() == section.size_bytes && checksum(bytes) == section.checksum;
}

std::optional<Digests> decode_digests(const BlockHeader& header, Bytes section) {
  Digests digests;
  if (!take_sparse(section, header.rows, header.md5_rows, digests.md5) ||
      !take_sparse(section, header.rows, header.sha1_rows, digests.sha1) ||
      !take_sparse(section, header.rows, header.sha256_rows, digests.sha256)) {
    return std::nullopt;
  }
  return digests;
}

std::optional<std::vector<Run>> decode_runs(const BlockHeader& header, Bytes section) {
  std::vector<Run> runs(header.run_count);
  if (section.size() != runs.size() * sizeof(Run)) return std::nullopt;
  std::memcpy(runs.data(), section.data(), section.size());
  std::uint64_t rows = 0;
  for (const Run& run : runs) rows += run.rows;
  if (rows != header.rows) return std::nullopt;
  return runs;
}

std::optional<Rows> decode_rows(Bytes block) {
  const auto h = read_header(block);
  if (!h || block.size() < h->facts_at() + h->facts.size_bytes) return std::nullopt;
  Bytes codes = block.subspan(h->codes_at(), h->codes.size_bytes);
  const Bytes digests = block.subspan(h->digests_at(), h->digests.size_bytes);
  const Bytes runs = block.subspan(h->runs_at(), h->runs.size_bytes);
  const Bytes facts = block.subspan(h->facts_at(), h->facts.size_bytes);
  if (!intact(h->codes, codes) || !intact(h->digests, digests) || !intact(h->runs, runs) ||
      !intact(h->facts, facts)) {
    return std::nullopt;
  }
  Rows rows;
  auto some_digests = decode_digests(*h, digests);
  const auto some_runs = decode_runs(*h, runs);
  if (!some_digests || !some_runs || !take_sparse(codes, h->rows, h->code_rows, rows.codes))
    return std::nullopt;
  if (!take_facts(facts, *h, rows)) return std::nullopt;
  rows.md5 = std::move(some_digests->md5);
  rows.sha1 = std::move(some_digests->sha1);
  rows.sha256 = std::move(some_digests->sha256);
  for (const Run& run : *some_runs) rows.tenants.insert(rows.tenants.end(), run.rows, run.tenant);
  return rows;
}

}  // namespace seawall::observation_detail
