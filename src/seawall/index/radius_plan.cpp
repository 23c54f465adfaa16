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
  plan.tables = radius_bits == 0 ? 1 : kChunks;
  return plan;
}

Fingerprint256 spread_bits(const Fingerprint256& fingerprint) {
  // Row i rotated right by i puts bit (i, j) at column (j - i) mod 16; then rows and columns are exchanged.
  std::array<std::uint16_t, kChunks> rows{};
  for (std::size_t i = 0; i < kChunks; ++i) {
    rows[i] = std::rotr(chunk_of(fingerprint, i), static_cast<int>(i));
  }
  for (std::size_t half = 8; half != 0; half /= 2) {  // Exchange ever smaller off-diagonal blocks.
    const auto mask = static_cast<std::uint16_t>(0xffffU / ((1U << half) + 1U));
    for (std::size_t i = 0; i < kChunks; ++i) {
      if ((i & half) != 0) continue;
      const auto swap = static_cast<std::uint16_t>(((rows[i] >> half) ^ rows[i + half]) & mask);
      rows[i + half] = static_cast<std::uint16_t>(rows[i + half] ^ swap);
      rows[i] = static_cast<std::uint16_t>(rows[i] ^ (swap << half));
    }
  }
  Fingerprint256 spread;
  for (std::size_t t = 0; t < kChunks; ++t) spread.words[t / 4] |= std::uint64_t{rows[t]} << (16 * (t % 4));
  return spread;
}

}  // namespace seawall::index_detail
