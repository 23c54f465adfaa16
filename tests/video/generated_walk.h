#pragma once

#include <cstdint>

#include "seawall/model/signal.h"
#include "seawall/video_print/timed_hash.h"

/// Generated videos, as hashes alone: for tests, fuzzers and benchmarks. Nothing of the programs uses it.
namespace seawall::generated {

/// splitmix64's finaliser: the same numbers everywhere.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// A video whose hash at any time follows from its seed: every `leg_us` it reaches a fresh random hash, and
/// on the way each differing bit turns at a time of its own. With the default, frames 1/30 s apart differ in
/// 17 bits and frames 0.25 s apart in 128, as in moving clips (docs/video-matching.md); longer legs are
/// slower pictures.
struct Walk {
  std::uint64_t seed = 1;
  std::int64_t leg_us = 250'000;

  /// `time_us` from 0 up.
  [[nodiscard]] Fingerprint256 at(std::int64_t time_us) const;
};

/// `bits` with `count` (0..256) of them turned, which ones by `seed`.
[[nodiscard]] Fingerprint256 with_noise(Fingerprint256 bits, int count, std::uint64_t seed);

/// Frames of `walk` from `begin_us` to before `end_us`, one every `step_us`, each with `noise_bits` turned
/// bits. Played at `speed`: times start at `at_us` and pass 1 / speed as fast as the walk's own.
struct Showing {
  std::int64_t begin_us = 0;
  std::int64_t end_us = 0;
  std::int64_t step_us = 33'333;  ///< Between frames, in the time of whoever watches.
  std::int64_t at_us = 0;
  double speed = 1;
  int noise_bits = 0;
  std::uint64_t noise_seed = 1;
  std::uint16_t label = 0;
};
void append_showing(HashTrack& track, const Walk& walk, const Showing& showing);

}  // namespace seawall::generated
