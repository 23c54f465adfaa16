#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "seawall/model/signal.h"

namespace seawall::index_detail {

inline constexpr std::size_t kChunks = 16;        ///< Chunks of a fingerprint, on a ring.
inline constexpr std::size_t kBuckets = 1 << 16;  ///< Values of a chunk.

/// Chunk t of a code, t 0..15: its bits 16 t to 16 t + 15.
[[nodiscard]] inline std::uint16_t chunk_of(const Fingerprint256& code, std::size_t t) {
  return static_cast<std::uint16_t>(code.words[t / 4] >> (16 * (t % 4)));
}

/// Where the bucket of a chunk value stands: the value with its high bits folded onto the low six, so that
/// the one-bit neighbours of a value, a power of two apart, do not share one set of the level-1 cache.
/// Linear: bucket_of(a ^ b) = bucket_of(a) ^ bucket_of(b); the ten high bits are those of the value.
[[nodiscard]] constexpr std::uint16_t bucket_of(unsigned value) {
  return static_cast<std::uint16_t>(value ^ ((value >> 6) & 63) ^ (((value >> 12) & 15) << 2));
}

/// The chunk value of a bucket. Its low six bits were changed by its high ones only: the same again undoes
/// it.
[[nodiscard]] constexpr std::uint16_t value_of(unsigned bucket) { return bucket_of(bucket); }

/// Which buckets hold every code within a radius, and what the chunk after the key must then satisfy.
/// Derivation and proof: docs/index.md, "Which buckets suffice".
struct RadiusPlan {
  static constexpr int kRadiusMax = 63;  ///< Beyond, only the flat scan is left.
  static constexpr int kKeyBitsMax = 3;

  int radius_bits = 0;
  int key_bits_max = 0;          ///< A key chunk differs by at most this: floor(radius / 16).
  int pair_bits_max = 0;         ///< It and the chunk after it differ by at most this: floor(radius / 8).
  int triple_bits_max = 0;       ///< And with the chunk after that by at most this: floor(3 radius / 16).
  std::size_t tables = kChunks;  ///< Tables to be asked; for radius 0 one is enough.

  /// Bucket differences of key differences of exactly `bits` bits.
  [[nodiscard]] static std::span<const std::uint16_t> buckets_at(int bits);
  /// Key differences of exactly `bits` bits, in the same order.
  [[nodiscard]] static std::span<const std::uint16_t> values_at(int bits);
  /// What the next chunk may differ by when the key differs by `bits`.
  [[nodiscard]] int next_limit(int bits) const { return pair_bits_max - bits; }
  /// What the next and the third chunk together may then differ by.
  [[nodiscard]] int third_limit(int bits) const { return triple_bits_max - bits; }
  /// Buckets asked in one table.
  [[nodiscard]] std::size_t probes_per_table() const;
};

/// radius_bits 0..RadiusPlan::kRadiusMax.
[[nodiscard]] RadiusPlan plan_for(int radius_bits);

/// The code as it is stored: bit (i, j) of the 16 x 16 bits of a PDQ fingerprint moves to chunk (j - i) mod
/// 16, place i, so that each chunk holds one bit of each DCT row and column. Distances are unchanged.
[[nodiscard]] Fingerprint256 spread_bits(const Fingerprint256& fingerprint);

}  // namespace seawall::index_detail
