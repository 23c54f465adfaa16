// Listed videos: bytes an hour, and how long an upload and a frame of a live stream take against many hours
// of them. All videos are generated from seeds (tests/video/generated_walk.h). A third of the hours move as
// moving clips do (17 bits a frame), a third eight times slower, a third eighty times.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "figure.h"
#include "seawall/clip_match/clip_matcher.h"
#include "seawall/clip_match/clip_tracker.h"
#include "seawall/video_print/dense_print.h"
#include "seawall/video_print/vpdq.h"
#include "video/generated_walk.h"

namespace seawall::bench {
namespace {

using generated::mix;
using generated::Walk;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kClipSeconds = 60;
constexpr std::array<std::int64_t, 3> kLegsUs = {250'000, 2'000'000, 20'000'000};
constexpr std::array<const char*, 3> kPace = {"moving", "slow", "nearly still"};
constexpr std::size_t kVariants = 8;  ///< Hashes of a query frame: the symmetries of the square.

struct Options {
  bool json = false;
  bool full = false;  ///< Also 10,000 and 100,000 hours at one hash a second, where memory allows.
  int hours = 0;      ///< Only so many hours at one hash a second.
};

Walk walk_of(std::uint64_t clip) { return {clip, kLegsUs[clip % kLegsUs.size()]}; }

/// A listed minute. Slower pictures are sampled at ten frames a second, the others at thirty; lists that keep
/// one a second at that.
DensePrint listed_minute(std::uint64_t clip, const PruneOptions& prune_options) {
  HashTrack track;
  const std::int64_t step_us = clip % 3 == 0 ? 33'333 : 100'000;
  generated::append_showing(
      track, walk_of(clip),
      {.end_us = kClipSeconds * kSecond, .step_us = prune_options.step_ms_min > 0 ? kSecond : step_us});
  return *prune(track, prune_options);
}

void tell(const std::string& name, double value, const std::string& unit, const Options& options) {
  Figure figure;
  figure.name = name;
  figure.ours = value;
  figure.unit = unit;
  print(figure, options.json);
}

double megabytes_resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1000;
  }
  return 0;
}

double gigabytes_available() {
  std::ifstream memory("/proc/meminfo");
  for (std::string line; std::getline(memory, line);) {
    if (line.starts_with("MemAvailable:")) return std::stod(line.substr(13)) / 1e6;
  }
  return 0;
}

void bytes_an_hour(const Options& options) {
  for (const std::uint32_t step_ms : {0U, 1000U}) {
    double all_bytes = 0;
    double all_hashes = 0;
    for (std::uint64_t pace = 0; pace < kLegsUs.size(); ++pace) {
      double bytes = 0;
      double hashes = 0;
      constexpr std::uint64_t kMinutes = 20;
      for (std::uint64_t i = 0; i < kMinutes; ++i) {
        const DensePrint print = listed_minute(pace + 3 * (i + 1), {.step_ms_min = step_ms});
        bytes += static_cast<double>(write_dense_print(print)->size());
        hashes += static_cast<double>(print.hashes.size());
      }
      const std::string name =
          std::string("dense print, ") + kPace[pace] + (step_ms > 0 ? ", at most 1 a second" : "");
      tell(name + ": bytes an hour", bytes * 60 / kMinutes, "bytes", options);
      tell(name + ": hashes a second", hashes / kMinutes / kClipSeconds, "1/s", options);
      all_bytes += bytes;
      all_hashes += hashes;
    }
    tell(std::string("dense print") + (step_ms > 0 ? ", at most 1 a second" : "") + ": bytes a hash",
         all_bytes / all_hashes, "bytes", options);
  }
  HashTrack track;
  generated::append_showing(track, {1}, {.end_us = 3600 * kSecond, .step_us = kSecond});
  tell("vPDQ at 1 a second, text: bytes an hour", static_cast<double>(write_vpdq_text(vpdq_of(track)).size()),
       "bytes", options);
}

/// Something else, then a part of a listed clip, then something else: what an upload's keyframes show, each
/// in all symmetries. `clip` 0: nothing listed.
HashTrack upload(std::uint64_t clip, std::int64_t seconds, std::int64_t step_us, double speed, int noise_bits,
                 std::int64_t part_seconds) {
  HashTrack plain;
  const std::uint64_t other = mix(clip + 77) | (std::uint64_t{1} << 40);
  const std::int64_t half_us = seconds * kSecond / 2;
  generated::append_showing(plain, {other}, {.end_us = half_us, .step_us = step_us});
  std::int64_t at_us = plain.hashes.back().time_us + step_us;
  if (clip != 0) {
    const auto phase_us = static_cast<std::int64_t>(mix(clip) % 20'000'000);
    generated::append_showing(plain, walk_of(clip),
                              {.begin_us = phase_us,
                               .end_us = phase_us + part_seconds * kSecond,
                               .step_us = step_us,
                               .at_us = at_us,
                               .speed = speed,
                               .noise_bits = noise_bits,
                               .noise_seed = clip});
    at_us = plain.hashes.back().time_us + step_us;
  }
  generated::append_showing(plain, {other + 1}, {.end_us = half_us, .step_us = step_us, .at_us = at_us});
  HashTrack track;
  track.labels.resize(kVariants);
  for (const TimedHash& hash : plain.hashes) {
    track.hashes.push_back(hash);
    for (std::uint16_t label = 1; label < kVariants; ++label) {
      TimedHash turned = hash;
      turned.label = label;
      turned.hash.bits = Walk{mix(label)}.at(hash.time_us);
      track.hashes.push_back(turned);
    }
  }
  return track;
}

/// A list of `hours`, and the memory that it takes.
std::unique_ptr<ClipIndex> list_of(int hours, const PruneOptions& prune_options, int index_step_bits,
                                   const std::string& name, const Options& options) {
  const double before_mb = megabytes_resident();
  const double start = cpu_seconds();
  auto index = *ClipIndex::make({.index_step_bits = index_step_bits});
  std::vector<std::pair<ClipId, DensePrint>> clips;
  const auto count = static_cast<std::uint32_t>(hours * 3600 / kClipSeconds);
  for (std::uint32_t i = 1; i <= count; ++i) clips.emplace_back(ClipId{i}, listed_minute(i, prune_options));
  const double generated_seconds = cpu_seconds();
  if (const auto added = index->add(std::move(clips)); !added) {
    std::fprintf(stderr, "clip: %s\n", added.error().message.c_str());
    return nullptr;
  }
  clips = {};
  const double mb = megabytes_resident() - before_mb;
  tell(name + ": hashes", static_cast<double>(index->hashes()), "", options);
  tell(name + ": indexed hashes", static_cast<double>(index->indexed_hashes()), "", options);
  tell(name + ": memory an hour", mb / hours, "MB", options);
  tell(name + ": memory", mb, "MB", options);
  tell(name + ": build", cpu_seconds() - generated_seconds, "s", options);
  std::fprintf(stderr, "clip: %s generated in %.0f s\n", name.c_str(), generated_seconds - start);
  return index;
}

void time_uploads(const ClipIndex& index, const std::string& name, std::int64_t step_us, std::int64_t seconds,
                  const Options& options) {
  const ClipMatcher matcher(index);
  const std::uint64_t clips = index.clips();
  for (const bool has_clip : {false, true}) {
    std::vector<double> times;
    int found = 0;
    int wrong = 0;
    constexpr int kUploads = 7;
    for (std::uint64_t i = 0; i < kUploads; ++i) {
      const std::uint64_t clip = has_clip ? 1 + mix(i) % (clips / 3) * 3 : 0;
      const std::uint64_t moving = has_clip ? clip - clip % 3 + 3 : 0;
      const HashTrack query = upload(moving, seconds, step_us, 0.8 + 0.05 * static_cast<double>(i), 20, 10);
      const double start = cpu_seconds();
      const auto answer = matcher.match(query);
      times.push_back((cpu_seconds() - start) * 1e3);
      if (!answer) continue;
      for (const ClipMatch& match : answer->matches)
        (static_cast<std::uint32_t>(match.clip) == moving ? found : wrong) += 1;
    }
    const std::string which = name + (has_clip ? ": with a clip" : ": with nothing listed");
    tell(which + ": CPU time", median(times), "ms", options);
    if (has_clip)
      print({.name = which + ": found of 7",
             .ours = static_cast<double>(found),
             .unit = "",
             .goal = "7",
             .met = found == kUploads},
            options.json);
    print({.name = which + ": false clips",
           .ours = static_cast<double>(wrong),
           .unit = "",
           .goal = "0",
           .met = wrong == 0},
          options.json);
  }
}

void time_streams(const ClipIndex& index, const std::string& name, const Options& options) {
  ClipTracker tracker(index);
  const HashTrack stream = upload(3, 1200, 2 * kSecond, 1, 20, 10);
  std::vector<double> times;
  std::size_t alerts = 0;
  std::size_t most_bytes = 0;
  for (std::size_t at = 0; at < stream.hashes.size(); at += kVariants) {
    const double start = cpu_seconds();
    const auto told = tracker.add(std::span(stream.hashes).subspan(at, kVariants));
    times.push_back((cpu_seconds() - start) * 1e6);
    if (told) alerts += told->size();
    most_bytes = std::max(most_bytes, tracker.state_bytes());
  }
  std::ranges::sort(times);
  tell(name + ": one stream frame of 8 hashes, p50", times[times.size() / 2], "us", options);
  tell(name + ": one stream frame of 8 hashes, p99", times[times.size() * 99 / 100], "us", options);
  tell(name + ": stream alerts for the one clip", static_cast<double>(alerts), "", options);
  print({.name = name + ": state a stream",
         .ours = static_cast<double>(most_bytes) / 1000,
         .unit = "kB",
         .goal = "8000",
         .met = most_bytes < 8'000'000},
        options.json);
}

/// Parts of 5 s at random speeds and phases: how many of 200 are found, by noise and by sampling.
void recall(const Options& options) {
  auto index = *ClipIndex::make();
  for (std::uint32_t i = 3; i <= 60; i += 3) {
    if (!index->add(ClipId{i}, listed_minute(i, {}))) return;
  }
  const ClipMatcher matcher(*index);
  for (const std::int64_t step_ms : {2000, 1000, 500}) {
    for (const int noise_bits : {20, 40, 56}) {
      int found = 0;
      int wrong = 0;
      for (std::uint64_t i = 0; i < 200; ++i) {
        const std::uint64_t clip = 3 + mix(i) % 20 * 3;
        const double speed = 0.75 + static_cast<double>(mix(i + 9) % 584) / 1000;
        const auto answer = matcher.match(upload(clip, 40, step_ms * 1000, speed, noise_bits, 5));
        if (!answer) continue;
        for (const ClipMatch& match : answer->matches)
          (static_cast<std::uint32_t>(match.clip) == clip ? found : wrong) += 1;
      }
      const std::string name = "5 s of a clip, a frame every " + std::to_string(step_ms) + " ms, " +
                               std::to_string(noise_bits) + " bits of noise";
      tell(name + ": found", found / 2.0, "%", options);
      print({.name = name + ": false clips",
             .ours = static_cast<double>(wrong),
             .unit = "",
             .goal = "0",
             .met = wrong == 0},
            options.json);
    }
  }
}

/// Lists whose prints are dense, asked by keyframes and by streams.
void search_dense(int hours, int index_step_bits, const std::string& name, const Options& options) {
  const auto index = list_of(hours, {}, index_step_bits, name, options);
  if (!index) return;
  time_uploads(*index, name + ", keyframes of 10 min", 2 * kSecond, 600, options);
  time_streams(*index, name, options);
}

/// Lists that keep at most one hash a second, asked by all frames of a minute.
void search_sparse(int hours, const Options& options) {
  constexpr double kMegabytesAnHour = 0.8;  // At the build's peak.
  const std::string name = std::to_string(hours) + " h at 1 a second";
  if (gigabytes_available() * 1000 < hours * kMegabytesAnHour) {
    std::fprintf(stderr, "clip: %s is not measured: it needs about %.0f GB, this machine has %.0f\n",
                 name.c_str(), hours * kMegabytesAnHour / 1000, gigabytes_available());
    return;
  }
  const auto index = list_of(hours, {.step_ms_min = 1000}, 0, name, options);
  if (index) time_uploads(*index, name + ", all frames of 1 min", 33'333, 60, options);
}

void run(const Options& options) {
  if (options.hours > 0) return search_sparse(options.hours, options);
  bytes_an_hour(options);
  recall(options);
  search_dense(100, 0, "100 h dense", options);
  search_dense(1000, 32, "1,000 h dense, indexed every 32 bits", options);
  search_sparse(1000, options);
  if (!options.full) return;
  search_sparse(10'000, options);
  search_sparse(100'000, options);
}

}  // namespace
}  // namespace seawall::bench

int main(int argc, char** argv) {
  seawall::bench::Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) options.json = true;
    if (std::strcmp(argv[i], "--full") == 0) options.full = true;
    if (std::strcmp(argv[i], "--hours") == 0 && i + 1 < argc) options.hours = std::atoi(argv[i + 1]);
  }
  seawall::bench::run(options);
  return 0;
}
