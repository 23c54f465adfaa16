#include "video/generated_walk.h"

#include <cmath>

namespace seawall::generated {
namespace {

Fingerprint256 random_bits(std::uint64_t seed) {
  Fingerprint256 bits;
  for (std::size_t i = 0; i < 4; ++i) bits.words[i] = mix(seed * 4 + i);
  return bits;
}

}  // namespace

Fingerprint256 Walk::at(std::int64_t time_us) const {
  const auto leg = static_cast<std::uint64_t>(time_us / leg_us);
  const auto passed = static_cast<std::uint64_t>((time_us % leg_us) * 256 / leg_us);
  const std::uint64_t base = mix(seed) ^ (leg << 1);
  const Fingerprint256 from = random_bits(mix(base));
  const Fingerprint256 to = random_bits(mix(mix(seed) ^ ((leg + 1) << 1)));
  Fingerprint256 bits;
  for (std::size_t word = 0; word < 4; ++word) {
    std::uint64_t turned = 0;
    for (std::size_t byte = 0; byte < 8; ++byte) {
      const std::uint64_t when = mix(base ^ (word << 60) ^ (byte << 56) ^ 0xA5);
      for (std::size_t i = 0; i < 8; ++i) {
        turned |= std::uint64_t{(when >> (8 * i) & 255) < passed} << (8 * byte + i);
      }
    }
    bits.words[word] = (from.words[word] & ~turned) | (to.words[word] & turned);
  }
  return bits;
}

Fingerprint256 with_noise(Fingerprint256 bits, int count, std::uint64_t seed) {
  Fingerprint256 turned;
  for (std::uint64_t draw = mix(seed); count > 0; draw = mix(draw)) {
    const std::size_t bit = draw & 255;
    std::uint64_t& word = turned.words[bit / 64];
    if ((word >> (bit % 64) & 1) != 0) continue;
    word |= std::uint64_t{1} << (bit % 64);
    --count;
  }
  for (std::size_t i = 0; i < 4; ++i) bits.words[i] ^= turned.words[i];
  return bits;
}

void append_showing(HashTrack& track, const Walk& walk, const Showing& showing) {
  for (std::int64_t frame = 0;; ++frame) {
    const std::int64_t watched_us = frame * showing.step_us;
    const auto shown_us = showing.begin_us + std::llround(static_cast<double>(watched_us) * showing.speed);
    if (shown_us >= showing.end_us) return;
    const std::uint64_t noise = mix(showing.noise_seed) ^ static_cast<std::uint64_t>(shown_us);
    track.hashes.push_back({showing.at_us + watched_us,
                            {with_noise(walk.at(shown_us), showing.noise_bits, noise), 100},
                            showing.label});
  }
}

}  // namespace seawall::generated
