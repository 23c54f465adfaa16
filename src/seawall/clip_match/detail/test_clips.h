#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "seawall/clip_match/clip_matcher.h"
#include "video/generated_walk.h"

/// Generated videos that are listed and asked about: for the tests of this module.
namespace seawall::test_clips {

using generated::mix;
using generated::Showing;
using generated::Walk;
using generated::with_noise;

inline constexpr std::int64_t kSecond = 1'000'000;

/// A listed clip: `seconds` of a moving video, dense.
inline DensePrint listed(std::uint64_t seed, int seconds = 10, std::int64_t leg_us = 250'000,
                         const PruneOptions& prune_options = {}) {
  HashTrack track;
  generated::append_showing(track, {seed, leg_us}, {.end_us = seconds * kSecond});
  return *prune(track, prune_options);
}

inline std::unique_ptr<ClipIndex> index_of(int clips, ClipIndexOptions options = {}, int seconds = 10) {
  auto index = *ClipIndex::make(std::move(options));
  std::vector<std::pair<ClipId, DensePrint>> all;
  for (int i = 1; i <= clips; ++i)
    all.emplace_back(ClipId{static_cast<std::uint32_t>(i)}, listed(static_cast<std::uint64_t>(i), seconds));
  EXPECT_TRUE(index->add(std::move(all)));
  return index;
}

inline ClipAnswer ask(const ClipIndex& index, const HashTrack& query) {
  auto answer = ClipMatcher(index).match(query);
  EXPECT_TRUE(answer) << answer.error().message;
  return std::move(*answer);
}

struct Upload {
  std::uint64_t clip = 1;  ///< Seed of the listed video.
  std::int64_t begin_us = 0;
  std::int64_t end_us = 10 * kSecond;
  std::int64_t step_us = kSecond;  ///< Between query frames.
  double speed = 1;
  int noise_bits = 10;
  std::int64_t before_us = 40 * kSecond;  ///< Of something else, before and after.
  std::uint64_t other = 1000;
  std::uint64_t phase = 0;
};

/// A part of a listed clip inside something longer; `at_us`: where it starts.
inline HashTrack upload(const Upload& wish, std::int64_t* at_us = nullptr) {
  HashTrack track;
  const Walk other{wish.other};
  generated::append_showing(track, other, {.end_us = wish.before_us, .step_us = wish.step_us});
  std::int64_t at = track.hashes.empty() ? 0 : track.hashes.back().time_us + wish.step_us;
  const auto phase = static_cast<std::int64_t>(mix(wish.phase) % static_cast<std::uint64_t>(wish.step_us));
  const std::int64_t begin =
      wish.begin_us + static_cast<std::int64_t>(static_cast<double>(phase) * wish.speed);
  if (at_us != nullptr) *at_us = at - phase;
  generated::append_showing(track, {wish.clip},
                            {.begin_us = begin,
                             .end_us = wish.end_us,
                             .step_us = wish.step_us,
                             .at_us = at,
                             .speed = wish.speed,
                             .noise_bits = wish.noise_bits,
                             .noise_seed = wish.phase});
  at = track.hashes.back().time_us + wish.step_us;
  generated::append_showing(
      track, other,
      {.begin_us = wish.before_us, .end_us = 2 * wish.before_us, .step_us = wish.step_us, .at_us = at});
  return track;
}

/// Two videos that begin with the same title card, and a third picture for what is benign.
struct TitleCard {
  HashTrack listed_track;
  HashTrack query;
  Fingerprint256 card = Walk{42}.at(0);

  explicit TitleCard(int noise_bits) {
    for (auto* track : {&listed_track, &query}) {
      const bool own = track == &listed_track;
      for (int i = 0; i < 100; ++i)
        track->hashes.push_back(
            {i * 40'000LL,
             {own ? card : with_noise(card, noise_bits, mix(static_cast<std::uint64_t>(i))), 100},
             0});
      generated::append_showing(*track, {own ? 1ULL : 2ULL}, {.end_us = 10 * kSecond, .at_us = 4 * kSecond});
    }
  }
};

}  // namespace seawall::test_clips
