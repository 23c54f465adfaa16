#include "seawall/index/detail/radius_plan.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace seawall::index_detail {
namespace {

constexpr std::array<std::size_t, RadiusPlan::kKeyBitsMax + 2> kFirst = {0, 1, 17, 137,
                                                                         697};  // Sums of C(16, k).

using Neighbours = std::array<std::uint16_t, 697>;

Neighbours neighbour_values() {
  Neighbours values{};
  std::size_t count = 0;
  for (int bits = 0; bits <= RadiusPlan::kKeyBitsMax; ++bits) {
    for (unsigned value = 0; value < kBuckets; ++value) {
      if (std::popcount(value) == bits) values[count++] = static_cast<std::uint16_t>(value);
    }
  }
  return values;
}

Neighbours neighbour_buckets() {
  Neighbours buckets = neighbour_values();
  for (std::uint16_t& value : buckets) value = bucket_of(value);
  return buckets;
}

std::span<const std::uint16_t> part(const Neighbours& neighbours, int bits) {
  const auto k = static_cast<std::size_t>(bits);
  return std::span(neighbours).subspan(kFirst[k], kFirst[k + 1] - kFirst[k]);
}

constexpr std::uint64_t kEachRow = 0x0001000100010001;

/// Each of the four rows of a word rotated right.
template <int Bits>
constexpr std::uint64_t rotate_rows(std::uint64_t word) {
  constexpr std::uint64_t kLow = kEachRow * (0xffffU >> Bits);
  return ((word >> Bits) & kLow) | ((word << (16 - Bits)) & ~kLow);
}

/// Exchanges the blocks of Half columns of rows that are Half apart, `upper` above `lower`.
template <int Half>
constexpr void exchange(std::uint64_t& upper, std::uint64_t& lower) {
  constexpr std::uint64_t kMask = kEachRow * (Half == 8 ? 0x00ffU : 0x0f0fU);
  const std::uint64_t swap = ((upper >> Half) ^ lower) & kMask;
  lower ^= swap;
  upper ^= swap << Half;
}

}  // namespace

std::span<const std::uint16_t> RadiusPlan::buckets_at(int bits) {
  static const Neighbours kNeighbours = neighbour_buckets();
  return part(kNeighbours, bits);
}

std::span<const std::uint16_t> RadiusPlan::values_at(int bits) {
  static const Neighbours kNeighbours = neighbour_values();
  return part(kNeighbours, bits);
}

std::size_t RadiusPlan::probes_per_table() const {
  return kFirst[static_cast<std::size_t>(key_bits_max) + 1];
}

RadiusPlan plan_for(int radius_bits) {
  RadiusPlan plan;
  plan.radius_bits = radius_bits;
  plan.key_bits_max = radius_bits / 16;
  plan.pair_bits_max = radius_bits / 8;
  plan.triple_bits_max = 3 * radius_bits / 16;
  plan.tables = radius_bits == 0 ? 1 : kChunks;
  return plan;
}

Fingerprint256 spread_bits(const Fingerprint256& fingerprint) {
  // Row i rotated right by i puts bit (i, j) at column (j - i) mod 16; then rows and columns are exchanged.
  // Four rows a word, all at once: a rotation is a barrel of the steps 1, 2, 4, 8.
  constexpr std::uint64_t kOddRows = 0xffff0000ffff0000, kUpperRows = 0xffffffff00000000;
  std::array<std::uint64_t, 4> w = fingerprint.words;
  for (std::uint64_t& word : w) word = (word & ~kOddRows) | (rotate_rows<1>(word) & kOddRows);
  for (std::uint64_t& word : w) word = (word & ~kUpperRows) | (rotate_rows<2>(word) & kUpperRows);
  w = {w[0], rotate_rows<4>(w[1]), rotate_rows<8>(w[2]), rotate_rows<8>(rotate_rows<4>(w[3]))};
  // Exchange ever smaller off-diagonal blocks: 8 and 4 rows apart lie in different words, 2 and 1 in one.
  exchange<8>(w[0], w[2]);
  exchange<8>(w[1], w[3]);
  exchange<4>(w[0], w[1]);
  exchange<4>(w[2], w[3]);
  for (std::uint64_t& word : w) {
    const std::uint64_t two = ((word >> 2) ^ (word >> 32)) & 0x33333333U;
    word ^= (two << 32) ^ (two << 2);
    const std::uint64_t one = ((word >> 1) ^ (word >> 16)) & 0x0000555500005555U;
    word ^= (one << 16) ^ (one << 1);
  }
  return {w};
}

}  // namespace seawall::index_detail
