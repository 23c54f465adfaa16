#pragma once

#include <sys/random.h>

#include <cstdint>

namespace seawall {

/// Port: random numbers for jitter. Production uses SystemRandom; tests pass a seeded one. Threads: one.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  /// Uniform over all 64-bit values.
  virtual std::uint64_t next() = 0;
};

/// The kernel's generator. Cost: one system call a number.
class SystemRandom final : public RandomSource {
 public:
  std::uint64_t next() override {
    std::uint64_t value = 0;
    // Up to 256 bytes are never cut short once the generator is seeded (getrandom(2)).
    while (::getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) {
    }
    return value;
  }
};

}  // namespace seawall
