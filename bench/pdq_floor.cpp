#include "pdq_floor.h"

#include <cstring>

namespace seawall::bench {

// Compiled with -O3 -march=native. Eight wide accumulators, so that only loads limit it.
std::uint64_t read_all(const std::uint8_t* bytes, std::size_t size) {
  using Wide = std::uint64_t __attribute__((vector_size(64)));
  Wide sums[8] = {};
  std::size_t at = 0;
  for (; at + sizeof sums <= size; at += sizeof sums) {
    for (std::size_t k = 0; k < 8; ++k) {
      Wide v;
      std::memcpy(&v, bytes + at + k * sizeof v, sizeof v);
      sums[k] ^= v;
    }
  }
  std::uint64_t total = 0;
  for (; at < size; ++at) total ^= bytes[at];
  for (const Wide& sum : sums) {
    for (std::size_t k = 0; k < 8; ++k) total ^= sum[k];
  }
  return total;
}

}  // namespace seawall::bench
