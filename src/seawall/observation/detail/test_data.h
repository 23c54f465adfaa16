#pragma once

#include <chrono>
#include <deque>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/observation/observation_log.h"

namespace seawall::observation_detail {

using Random = std::mt19937_64;

inline Time at_ms(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

/// A clock that tests set by hand.
class HandClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return at_ms(ms); }
  std::int64_t ms = 1'000'000;
};

inline Fingerprint256 random_code(Random& random) { return {{random(), random(), random(), random()}}; }

inline Fingerprint256 flipped(Fingerprint256 code, Random& random, int bits) {
  for (int i = 0; i < bits; ++i) {
    const std::uint64_t bit = random() % 256;
    code.words[bit / 64] ^= std::uint64_t{1} << (bit % 64);
  }
  return code;
}

template <class Digest>
Digest digest_of(std::uint64_t value) {
  Digest digest{};
  for (std::size_t i = 0; i < 8; ++i) digest[i] = std::byte(value * 0x9e3779b97f4a7c15ULL >> (8 * i));
  return digest;
}

/// Observations with texts of their own. Places are unique, and none is a piece of another; every kind of
/// signal occurs, alone and together; codes lie near a few centres, so that some match.
class Sample {
 public:
  explicit Sample(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < 8; ++i) centres_.push_back(random_code(random_));
  }

  Observation next(std::int64_t time_ms, unsigned tenants = 3) {
    Observation one;
    one.tenant = keep("tenant-" + std::to_string(random_() % tenants));
    one.place = keep("post/" + std::to_string(++count_) + std::string(random_() % 5, 'x') + ";");
    one.time = at_ms(time_ms);
    const std::uint64_t kinds = random_() % 8;
    if (kinds != 0)
      one.pdq = PdqHash{flipped(centres_[random_() % 8], random_, int(random_() % 60)), int(random_() % 101)};
    if (kinds == 0 || kinds == 3) one.md5 = digest_of<Md5>(random_() % 50);
    if (kinds == 4) one.sha1 = digest_of<Sha1>(random_() % 50);
    if (kinds == 0 || kinds == 5) one.sha256 = digest_of<Sha256>(random_() % 50);
    return one;
  }

  std::vector<RetroEntry> entries(std::size_t count) {
    std::vector<RetroEntry> all(count);
    for (std::size_t i = 0; i < count; ++i) {
      all[i].id = EntryId{i + 1};
      for (std::uint64_t k = random_() % 3; k != 0; --k) {
        all[i].pdq.push_back(
            {flipped(centres_[random_() % 8], random_, int(random_() % 20)), int(random_() % 60)});
      }
      if (i % 3 == 0) all[i].md5 = digest_of<Md5>(random_() % 60);
      if (i % 4 == 0) all[i].sha1 = digest_of<Sha1>(random_() % 60);
      if (i % 5 == 0) all[i].sha256 = digest_of<Sha256>(random_() % 60);
    }
    return all;
  }

 private:
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  Random random_;
  std::vector<Fingerprint256> centres_;
  std::deque<std::string> texts_;
  std::uint64_t count_ = 0;
};

/// One report, comparable.
using Reported = std::tuple<std::uint64_t, int, std::size_t, int, std::string, std::string, std::int64_t>;

inline Reported reported(const RetroMatch& match) {
  return {static_cast<std::uint64_t>(match.entry),
          static_cast<int>(match.signal),
          match.fingerprint,
          match.distance_bits,
          std::string(match.observation.tenant),
          std::string(match.observation.place),
          match.observation.time.time_since_epoch().count()};
}

/// The textbook twin of retro_match().
inline std::multiset<Reported> brute_force(const std::vector<Observation>& all,
                                           const std::vector<RetroEntry>& entries, int quality_min) {
  std::multiset<Reported> out;
  for (const Observation& one : all) {
    for (const RetroEntry& entry : entries) {
      const auto hit = [&](SignalType signal, std::size_t fingerprint, int distance) {
        out.insert(reported({entry.id, signal, fingerprint, distance, one}));
      };
      for (std::size_t i = 0; i < entry.pdq.size() && one.pdq; ++i) {
        const int distance = hamming_distance(one.pdq->bits, entry.pdq[i].bits);
        if (distance <= entry.pdq[i].radius_bits && one.pdq->quality >= quality_min)
          hit(SignalType::kPdq, i, distance);
      }
      if (entry.md5 && one.md5 == entry.md5) hit(SignalType::kMd5, 0, 0);
      if (entry.sha1 && one.sha1 == entry.sha1) hit(SignalType::kSha1, 0, 0);
      if (entry.sha256 && one.sha256 == entry.sha256) hit(SignalType::kSha256, 0, 0);
    }
  }
  return out;
}

inline std::multiset<Reported> collect(ObservationLog& log, const std::vector<RetroEntry>& entries,
                                       const RetroOptions& options = {}) {
  std::multiset<Reported> out;
  const auto report =
      log.retro_match(entries, options, [&](const RetroMatch& match) { out.insert(reported(match)); });
  if (!report || report->matches != out.size()) out.insert(Reported{});
  return out;
}

/// An entry that every observation with a PDQ hash matches.
inline std::vector<RetroEntry> everything() {
  RetroEntry entry;
  entry.id = EntryId{1};
  entry.pdq = {{{}, 256}};
  return {entry};
}

/// The places that the log shows.
inline std::multiset<std::string> places(ObservationLog& log) {
  std::multiset<std::string> out;
  RetroOptions options;
  options.quality_min = 0;
  options.threads = 1;
  for (const Reported& one : collect(log, everything(), options)) out.insert(std::get<5>(one));
  return out;
}

}  // namespace seawall::observation_detail
