#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "seawall/index/live_index.h"

namespace seawall::index_detail {

/// Data for tests and benchmarks, the same for the same seed on every machine.
enum class DataShape {
  kUniform,     ///< Independent random bits.
  kNatural,     ///< As hashes of photographs: 128 bits set, rows correlated, in families of edits 0-40 bits
                ///< apart.
  kDuplicates,  ///< Groups of 1, 2, 4, ... equal fingerprints.
  kNearZero,    ///< At most a dozen bits set: flat pictures.
  kOneBucket,   ///< All share most chunks: every table is one long bucket.
};
inline constexpr DataShape kAllShapes[] = {DataShape::kUniform, DataShape::kNatural, DataShape::kDuplicates,
                                           DataShape::kNearZero, DataShape::kOneBucket};

using Random = std::mt19937_64;

inline Fingerprint256 uniform_fingerprint(Random& random) {
  return {{random(), random(), random(), random()}};
}

inline Fingerprint256 flipped(Fingerprint256 code, Random& random, int bits) {
  for (int i = 0; i < bits; ++i) {
    const std::uint64_t bit = random() % 256;
    code.words[bit / 64] ^= std::uint64_t{1} << (bit % 64);
  }
  return code;
}

/// 16 x 16 bits with 128 set: a bit leans towards the bit before it in its row, as natural spectra do.
inline Fingerprint256 natural_fingerprint(Random& random) {
  std::vector<std::pair<int, int>> order;
  int before = 0;
  for (int bit = 0; bit < 256; ++bit) {
    const int fresh = static_cast<int>(random() % 1000);
    before = bit % 16 == 0 ? fresh : (before * 35 + fresh * 65) / 100;
    order.emplace_back(before, bit);
  }
  std::nth_element(order.begin(), order.begin() + 128, order.end());
  Fingerprint256 code;
  for (std::size_t i = 0; i < 128; ++i) {
    const auto bit = static_cast<std::size_t>(order[i].second);
    code.words[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  return code;
}

inline std::vector<Fingerprint256> make_fingerprints(DataShape shape, std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<Fingerprint256> codes;
  codes.reserve(count);
  const Fingerprint256 base = uniform_fingerprint(random);
  std::size_t group = 1;
  while (codes.size() < count) {
    switch (shape) {
      case DataShape::kUniform:
        codes.push_back(uniform_fingerprint(random));
        break;
      case DataShape::kNatural: {
        const Fingerprint256 photo = natural_fingerprint(random);
        codes.push_back(photo);
        for (std::uint64_t edit = random() % 4; edit != 0 && codes.size() < count; --edit) {
          codes.push_back(flipped(photo, random, static_cast<int>(random() % 40)));
        }
        break;
      }
      case DataShape::kDuplicates: {
        const Fingerprint256 code = uniform_fingerprint(random);
        for (std::size_t i = 0; i < group && codes.size() < count; ++i) codes.push_back(code);
        group = group >= 64 ? 1 : group * 2;
        break;
      }
      case DataShape::kNearZero:
        codes.push_back(flipped(Fingerprint256{}, random, static_cast<int>(random() % 12)));
        break;
      case DataShape::kOneBucket:
        codes.push_back(flipped(base, random, 3 + static_cast<int>(random() % 60)));
        break;
    }
  }
  return codes;
}

/// Half of them near a stored code, at distances all around `radius_bits`; half of the same shape, unrelated.
inline std::vector<Fingerprint256> make_queries(const std::vector<Fingerprint256>& stored, DataShape shape,
                                                std::size_t count, int radius_bits, std::uint64_t seed) {
  Random random(seed + 1);
  std::vector<Fingerprint256> queries = make_fingerprints(shape, count, seed + 2);
  for (std::size_t i = 0; i < count && !stored.empty(); i += 2) {
    const int bits = static_cast<int>(random() % static_cast<std::uint64_t>(radius_bits + 8));
    queries[i] = flipped(stored[random() % stored.size()], random, bits);
  }
  return queries;
}

}  // namespace seawall::index_detail
