// As many hours of listed video as a disk holds: bytes an hour, how long the list takes to be made, and how
// long an upload of a minute takes to be searched.
//
// All videos are generated, one minute each. 600 of them are walks (tests/video/generated_walk.h): a third
// "moving" (every frame of 30 a second differs from the next in 17 bits, frames 0.25 s apart in 128: of the
// dense print 21.9 hashes a second stay), a third eight times slower (3.3), a third eighty times (0.4). Every
// further minute is one of those 600 with 256 random bits of its own turned in all its frames: unrelated to
// every other (128 bits from it), and moving just as the one that it was made of.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "figure.h"
#include "seawall/clip_match/clip_matcher.h"
#include "seawall/video_print/dense_print.h"
#include "video/generated_walk.h"

namespace seawall::bench {
namespace {

using generated::mix;
using generated::Walk;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kClipSeconds = 60;
constexpr std::array<std::int64_t, 3> kLegsUs = {250'000, 2'000'000, 20'000'000};
constexpr std::uint64_t kBases = 600;
constexpr std::size_t kVariants = 8;  // Hashes of a query frame: the symmetries of the square.
constexpr std::int64_t kPartSeconds = 10;

struct Wish {
  int hours = 1'000;
  PruneOptions prune{};
  ClipIndexOptions index{};
  std::int64_t query_step_us = 33'333;
  int uploads = 100;
  std::size_t hashes_at_once = 4'000'000;  // Listed in one change.
  bool json = false;
};

Walk walk_of(std::uint64_t clip) { return {1 + clip % kBases, kLegsUs[clip % kLegsUs.size()]}; }

Fingerprint256 mask_of(std::uint64_t clip) {
  Fingerprint256 mask;
  for (std::size_t i = 0; i < 4; ++i) mask.words[i] = mix(clip * 4 + i + 1'000'003);
  return mask;
}

void turn(Fingerprint256& bits, const Fingerprint256& mask) {
  for (std::size_t i = 0; i < 4; ++i) bits.words[i] ^= mask.words[i];
}

std::vector<DensePrint> base_prints(const PruneOptions& prune_options) {
  std::vector<DensePrint> bases;
  for (std::uint64_t base = 0; base < kBases; ++base) {
    HashTrack track;
    const std::int64_t step_us = base % 3 == 0 ? 33'333 : 100'000;
    generated::append_showing(
        track, walk_of(base),
        {.end_us = kClipSeconds * kSecond, .step_us = prune_options.step_ms_min > 0 ? kSecond : step_us});
    bases.push_back(*prune(track, prune_options));
  }
  return bases;
}

DensePrint print_of(std::uint64_t clip, const std::vector<DensePrint>& bases) {
  DensePrint print = bases[clip % kBases];
  const Fingerprint256 mask = mask_of(clip);
  for (HeldHash& hash : print.hashes) turn(hash.bits, mask);
  return print;
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// In MB, as the system says it: "VmRSS", "RssAnon", "RssFile".
double memory_mb(const std::string& what) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(what + ":")) return std::stod(line.substr(what.size() + 1)) / 1000;
  }
  return 0;
}

double folder_mb(const std::filesystem::path& folder) {
  double bytes = 0;
  std::error_code none;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder, none))
    if (file.is_regular_file(none)) bytes += static_cast<double>(file.file_size(none));
  return bytes / 1e6;
}

void tell(const std::string& name, double value, const std::string& unit, const Wish& wish) {
  Figure figure;
  figure.name = name;
  figure.ours = value;
  figure.unit = unit;
  print(figure, wish.json);
}

bool list_all(ClipIndex& index, const Wish& wish) {
  const std::vector<DensePrint> bases = base_prints(wish.prune);
  const auto count = static_cast<std::uint32_t>(static_cast<std::int64_t>(wish.hours) * 3600 / kClipSeconds);
  std::vector<std::pair<ClipId, DensePrint>> batch;
  std::size_t hashes = 0;
  for (std::uint32_t clip = 1; clip <= count; ++clip) {
    hashes += batch.emplace_back(ClipId{clip}, print_of(clip, bases)).second.hashes.size();
    if (hashes < wish.hashes_at_once && clip < count) continue;
    const auto added = index.add(std::exchange(batch, {}));
    hashes = 0;
    if (added) continue;
    std::fprintf(stderr, "clip_scale: %s\n", added.error().message.c_str());
    return false;
  }
  return true;
}

void tell_sizes(const ClipIndex& index, const Wish& wish) {
  const double hours = wish.hours;
  const double prints_mb = static_cast<double>(index.print_bytes()) / 1e6;
  const double files_mb = folder_mb(wish.index.folder);
  tell("hashes", static_cast<double>(index.hashes()), "", wish);
  tell("indexed hashes", static_cast<double>(index.indexed_hashes()), "", wish);
  tell("bytes a hash, packed", 1e6 * prints_mb / static_cast<double>(index.hashes()), "", wish);
  tell("prints, an hour", 1e3 * prints_mb / hours, "kB", wish);
  tell("look-up on disk, an hour", 1e3 * files_mb / hours, "kB", wish);
  tell("prints and look-up on disk", wish.index.folder.empty() ? 0 : prints_mb + files_mb, "MB", wish);
  tell("memory, own", memory_mb("RssAnon"), "MB", wish);
  tell("memory, of mapped files", memory_mb("RssFile"), "MB", wish);
  tell("memory, own, an hour", 1e3 * memory_mb("RssAnon") / hours, "kB", wish);
}

/// A minute of something else, in the middle of which ten seconds of a listed clip are shown.
HashTrack upload(std::uint64_t clip, std::uint64_t seed, const Wish& wish) {
  HashTrack plain;
  const std::uint64_t other = mix(seed + 77) | (std::uint64_t{1} << 40);
  const std::int64_t half_us = (kClipSeconds - kPartSeconds) * kSecond / 2;
  const std::int64_t step_us = wish.query_step_us;
  generated::append_showing(plain, {other}, {.end_us = half_us, .step_us = step_us});
  const std::size_t first = plain.hashes.size();
  const auto phase_us = static_cast<std::int64_t>(mix(seed) % 45'000'000);
  generated::append_showing(plain, walk_of(clip),
                            {.begin_us = phase_us,
                             .end_us = phase_us + kPartSeconds * kSecond,
                             .step_us = step_us,
                             .at_us = plain.hashes.back().time_us + step_us,
                             .speed = 0.8 + 0.005 * static_cast<double>(mix(seed + 1) % 100),
                             .noise_bits = 20,
                             .noise_seed = seed});
  const Fingerprint256 mask = mask_of(clip);
  for (std::size_t i = first; i < plain.hashes.size(); ++i) turn(plain.hashes[i].hash.bits, mask);
  generated::append_showing(
      plain, {other + 1},
      {.end_us = half_us, .step_us = step_us, .at_us = plain.hashes.back().time_us + step_us});
  HashTrack track;
  track.labels.resize(kVariants);
  for (const TimedHash& hash : plain.hashes) {
    track.hashes.push_back(hash);
    for (std::uint16_t label = 1; label < kVariants; ++label) {
      TimedHash turned = hash;
      turned.label = label;
      turned.hash.bits = Walk{mix(seed * 8 + label)}.at(hash.time_us);
      track.hashes.push_back(turned);
    }
  }
  return track;
}

void tell_times(std::vector<double> times, const std::string& of, const Wish& wish) {
  std::ranges::sort(times);
  tell("a minute's upload, " + of + ", median", times[times.size() / 2], "ms", wish);
  tell("a minute's upload, " + of + ", p99", times[times.size() * 99 / 100], "ms", wish);
}

/// Of moving clips, so that each part has frames enough to be found by.
void search(const ClipIndex& index, const Wish& wish) {
  const ClipMatcher matcher(index);
  std::vector<double> times;
  std::vector<double> cpu_times;
  int found = 0;
  int wrong = 0;
  for (int i = 0; i < wish.uploads; ++i) {
    const auto seed = static_cast<std::uint64_t>(i);
    const std::uint64_t clip = 3 + mix(seed + 5) % (index.clips() / 3 - 1) * 3;
    const HashTrack query = upload(clip, seed, wish);
    const double start = wall_seconds();
    const double cpu_start = cpu_seconds();
    const auto answer = matcher.match(query);
    times.push_back((wall_seconds() - start) * 1e3);
    cpu_times.push_back((cpu_seconds() - cpu_start) * 1e3);
    if (!answer) continue;
    for (const ClipMatch& match : answer->matches)
      (static_cast<std::uint64_t>(match.clip) == clip ? found : wrong) += 1;
  }
  tell_times(cpu_times, "CPU time", wish);
  tell_times(times, "by the clock", wish);
  tell("found, of " + std::to_string(wish.uploads), found, "", wish);
  tell("false clips", wrong, "", wish);
  tell("memory, own, after it", memory_mb("RssAnon"), "MB", wish);
  tell("memory, of mapped files, after it", memory_mb("RssFile"), "MB", wish);
}

void run(const Wish& wish) {
  auto index = ClipIndex::make(wish.index);
  if (!index)
    return static_cast<void>(std::fprintf(stderr, "clip_scale: %s\n", index.error().message.c_str()));
  const double start = wall_seconds();
  const double cpu_start = cpu_seconds();
  if (!list_all(**index, wish)) return;
  tell("generated and listed, by the clock", wall_seconds() - start, "s", wish);
  tell("generated and listed, CPU time", cpu_seconds() - cpu_start, "s", wish);
  tell_sizes(**index, wish);
  search(**index, wish);
}

}  // namespace
}  // namespace seawall::bench

int main(int argc, char** argv) {
  seawall::bench::Wish wish;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const char* const value = argv[i + 1];
    if (name == "--hours") wish.hours = std::atoi(value);
    if (name == "--keep-every-ms") wish.prune.step_ms_min = static_cast<std::uint32_t>(std::atoi(value));
    if (name == "--index-every-ms") wish.index.index_step_ms = static_cast<std::uint32_t>(std::atoi(value));
    if (name == "--index-every-bits") wish.index.index_step_bits = std::atoi(value);
    if (name == "--query-every-ms") wish.query_step_us = std::atoi(value) * 1000LL;
    if (name == "--uploads") wish.uploads = std::atoi(value);
    if (name == "--list-at-once") wish.hashes_at_once = static_cast<std::size_t>(std::atoll(value));
    if (name == "--merge") wish.index.background_merge = std::strcmp(value, "no") != 0;
    if (name == "--folder") wish.index.folder = value;
    if (name == "--json") wish.json = std::strcmp(value, "yes") == 0;
  }
  seawall::bench::run(wish);
  return 0;
}
