#include "seawall/video_print/packed_print.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "seawall/video_print/detail/hash_code.h"

namespace seawall {
namespace {

using video_print_detail::Before;
using video_print_detail::get_hash;
using video_print_detail::put_hash;

constexpr std::uint32_t kLabelsWidening = 4;  // Blocks grow with the labels up to so many.

struct Head {
  std::uint32_t duration_ms = 0;
  std::uint32_t hashes = 0;
  std::uint32_t labels = 0;
};
/// Of a block; the labels follow where there are several.
struct Row {
  std::uint32_t start_ms = 0;
  std::uint32_t offset = 0;  // Of its code, in those of all blocks.
};

template <class T>
void put_at(std::vector<std::byte>& out, std::size_t place, const T& value) {
  std::memcpy(out.data() + place, &value, sizeof value);
}

template <class T>
T get_at(std::span<const std::byte> bytes, std::size_t place) {
  T value{};
  const auto from = bytes.subspan(place, sizeof value);
  std::memcpy(&value, from.data(), sizeof value);
  return value;
}

std::uint32_t block_hashes_for(std::uint32_t labels) {
  return PackedPrint::kBlockHashes * std::min(labels, kLabelsWidening);
}

std::size_t row_bytes_for(std::uint32_t labels) {
  return sizeof(Row) + (labels > 1 ? sizeof(std::uint64_t) : 0);
}

std::uint32_t blocks_for(std::uint32_t hashes, std::uint32_t block_hashes) {
  return (hashes + block_hashes - 1) / block_hashes;
}

std::uint64_t labels_of(std::span<const HeldHash> hashes) {
  std::uint64_t labels = 0;
  for (const HeldHash& hash : hashes) labels |= std::uint64_t{1} << hash.label;
  return labels;
}

void put_block(std::span<const HeldHash> hashes, std::uint32_t labels, std::vector<std::byte>& out) {
  std::array<Before, DensePrint::kLabelsMax> before{};
  std::uint32_t at_ms = hashes.front().start_ms;
  for (const HeldHash& hash : hashes) {
    put_hash(out, hash, hash.start_ms - at_ms, labels > 1, before[hash.label]);
    at_ms = hash.start_ms;
  }
}

}  // namespace

void PackedPrint::append(const DensePrint& print, std::vector<std::byte>& out) {
  const Head head{print.duration_ms, static_cast<std::uint32_t>(print.hashes.size()),
                  static_cast<std::uint32_t>(print.labels.size())};
  const std::uint32_t block_hashes = block_hashes_for(head.labels);
  const std::uint32_t blocks = blocks_for(head.hashes, block_hashes);
  const std::size_t rows = out.size() + sizeof head;
  const std::size_t codes = rows + blocks * row_bytes_for(head.labels);
  out.resize(codes);
  put_at(out, rows - sizeof head, head);
  const std::span<const HeldHash> all = print.hashes;
  for (std::uint32_t block = 0; block < blocks; ++block) {
    const std::size_t first = std::size_t{block} * block_hashes;
    const auto hashes = all.subspan(first, std::min<std::size_t>(block_hashes, all.size() - first));
    const std::size_t row = rows + block * row_bytes_for(head.labels);
    put_at(out, row, Row{hashes.front().start_ms, static_cast<std::uint32_t>(out.size() - codes)});
    if (head.labels > 1) put_at(out, row + sizeof(Row), labels_of(hashes));
    put_block(hashes, head.labels, out);
  }
}

PackedPrint::PackedPrint(std::span<const std::byte> bytes) {
  const auto head = get_at<Head>(bytes, 0);
  size_bytes_ = bytes.size();
  duration_ms_ = head.duration_ms;
  hashes_ = head.hashes;
  labels_ = head.labels;
  block_hashes_ = block_hashes_for(labels_);
  rows_ = bytes.subspan(sizeof head, blocks() * row_bytes());
  codes_ = bytes.subspan(sizeof head + rows_.size());
}

std::size_t PackedPrint::row_bytes() const { return row_bytes_for(labels_); }

std::uint32_t PackedPrint::blocks() const { return blocks_for(hashes_, block_hashes_); }

std::uint32_t PackedPrint::start_ms(std::uint32_t block) const {
  return get_at<Row>(rows_, block * row_bytes()).start_ms;
}

bool PackedPrint::has(std::uint32_t block, std::uint8_t label) const {
  if (labels_ < 2) return true;
  return (get_at<std::uint64_t>(rows_, block * row_bytes() + sizeof(Row)) >> label & 1) != 0;
}

void PackedPrint::read(std::uint32_t block, std::vector<HeldHash>& hashes) const {
  const std::uint32_t first = block * block_hashes_;
  hashes.resize(std::min(block_hashes_, hashes_ - first));
  std::array<Before, DensePrint::kLabelsMax> before{};
  const std::span own(before.data(), labels_);
  const Row row = get_at<Row>(rows_, block * row_bytes());
  std::uint32_t at_ms = row.start_ms;
  durable::ByteReader reader(codes_.subspan(row.offset));
  for (HeldHash& hash : hashes) {
    if (!get_hash(reader, own, at_ms, hash)) hash = {};  // Not what append() wrote: near to nothing.
  }
}

DensePrint PackedPrint::unpacked() const {
  DensePrint print;
  print.labels.assign(labels_, {});
  print.duration_ms = duration_ms_;
  std::vector<HeldHash> hashes;
  for (std::uint32_t block = 0; block < blocks(); ++block) {
    read(block, hashes);
    print.hashes.insert(print.hashes.end(), hashes.begin(), hashes.end());
  }
  return print;
}

}  // namespace seawall
