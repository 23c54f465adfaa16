#include "seawall/index/detail/kernels.h"

#include <bit>
#include <cstdlib>

#include "seawall/index/detail/kernels_simd.h"

namespace seawall::index_detail {
namespace {

std::size_t filter_portable(const Line* lines, std::span<const Probe> probes, int limit, Survivors* out) {
  Survivors* const begin = out;
  for (std::size_t p = 0; p < probes.size(); ++p) {
    const Probe& probe = probes[p];
    for (std::uint32_t l = 0; l < probe.line_count(); ++l) {
      std::uint32_t mask = 0;
      for (std::uint32_t lane = 0; lane < kLineLanes; ++lane) {
        const unsigned other = lines[probe.begin.line + l].lanes[lane] ^ unsigned { probe.next };
        mask |= static_cast<std::uint32_t>(std::popcount(other) <= limit) << lane;
      }
      if (mask != 0) *out++ = {static_cast<std::uint32_t>(p), l, mask};
    }
  }
  return static_cast<std::size_t>(out - begin);
}

std::size_t filter_front_portable(const Line* lines, std::span<const Visitor> visitors,
                                  std::span<const std::uint16_t> differences, int limit, Survivors* out) {
  Survivors* const begin = out;
  for (std::size_t v = 0; v < visitors.size(); ++v) {
    for (const std::uint16_t difference : differences) {
      const std::uint32_t at = visitors[v].line ^ difference;
      const std::uint32_t state = front_state(lines[at]);
      std::uint32_t mask = 0;
      for (std::uint32_t lane = 0; lane < (state & 0xffU); ++lane) {
        const unsigned other = lines[at].lanes[lane] ^ unsigned { visitors[v].next };
        mask |= static_cast<std::uint32_t>(std::popcount(other) <= limit) << lane;
      }
      mask |= (state & kFrontMore) << 16;
      if (mask != 0) *out++ = {static_cast<std::uint32_t>(v), at, mask};
    }
  }
  return static_cast<std::size_t>(out - begin);
}

std::size_t filter_third_portable(const Line* lines, const Line* thirds, std::span<const Visitor> visitors,
                                  int limit, std::span<Survivors> found) {
  return filter_third_lanes(lines, thirds, visitors, limit, found);
}

std::size_t flat_portable(std::span<const Fingerprint256> codes, std::span<const Fingerprint256> queries,
                          const int* radius_bits, FlatHit* out) {
  FlatHit* const begin = out;
  for (std::size_t row = 0; row < codes.size(); ++row) {
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const int distance = hamming_distance(codes[row], queries[q]);
      if (distance > radius_bits[q]) continue;
      *out++ = {static_cast<std::uint32_t>(row), static_cast<std::uint16_t>(q),
                static_cast<std::uint16_t>(distance)};
    }
  }
  return static_cast<std::size_t>(out - begin);
}

int distance_portable(const Fingerprint256& a, const Fingerprint256& b) { return hamming_distance(a, b); }

constexpr Kernels kPortable = {"portable",    filter_portable,  filter_front_portable, filter_third_portable,
                               flat_portable, distance_portable};

const Kernels& choose() {
  const auto available = kernels_available();
  const char* wanted = std::getenv("SEAWALL_CPU");
  for (const Kernels* kernel : available) {
    if (wanted != nullptr && kernel->name == wanted) return *kernel;
  }
  return *available.front();
}

}  // namespace

std::vector<const Kernels*> kernels_available() {
  std::vector<const Kernels*> available;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    available.push_back(&kAvx512);
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) available.push_back(&kAvx2);
#elif defined(__aarch64__)
  available.push_back(&kNeon);
#endif
  available.push_back(&kPortable);
  return available;
}

const Kernels& kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}

}  // namespace seawall::index_detail
