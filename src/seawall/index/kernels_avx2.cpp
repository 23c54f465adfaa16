#include "seawall/index/detail/kernels_simd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SEAWALL_TARGET __attribute__((target("avx2,popcnt,bmi,bmi2"), no_sanitize("thread")))

namespace seawall::index_detail {
namespace {

SEAWALL_TARGET int distance(const Fingerprint256& a, const Fingerprint256& b) {
  long long bits = 0;
  for (std::size_t w = 0; w < 4; ++w) bits += _mm_popcnt_u64(a.words.data()[w] ^ b.words.data()[w]);
  return static_cast<int>(bits);
}

/// 16 lanes: all ones where at most Limit bits are set. See kernels_avx512.cpp.
template <int Limit>
SEAWALL_TARGET inline __m256i few_bits(__m256i x, __m256i minus_one) {
  for (int i = 0; i < Limit; ++i) x = _mm256_and_si256(x, _mm256_add_epi16(x, minus_one));
  return _mm256_cmpeq_epi16(x, _mm256_setzero_si256());
}

/// One bit for each of the 32 lanes at most Limit bits from `next`.
template <int Limit>
SEAWALL_TARGET inline std::uint32_t within_limit(const Line* line, __m256i next, __m256i minus_one) {
  const auto* half = reinterpret_cast<const __m256i*>(line);
  const __m256i low = few_bits<Limit>(_mm256_xor_si256(_mm256_load_si256(half), next), minus_one);
  const __m256i high = few_bits<Limit>(_mm256_xor_si256(_mm256_load_si256(half + 1), next), minus_one);
  const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xd8);
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes));
}

template <int Limit>
SEAWALL_TARGET std::size_t filter_limit(const Line* lines, std::span<const Probe> probes, Survivors* out) {
  Survivors* const begin = out;
  const __m256i minus_one = _mm256_set1_epi16(-1);
  for (std::uint32_t p = 0; p < probes.size(); ++p) {
    const Probe& probe = probes.data()[p];
    const __m256i next = _mm256_set1_epi16(static_cast<short>(probe.next));
    const Line* const first = lines + probe.begin.line;
    for (std::uint32_t l = 0; l < probe.line_count(); ++l) {
      const std::uint32_t mask = within_limit<Limit>(first + l, next, minus_one);
      *out = {p, l, mask};
      out += mask != 0;
    }
  }
  return static_cast<std::size_t>(out - begin);
}

template <int Limit>
SEAWALL_TARGET std::size_t front_limit(const Line* lines, std::span<const Visitor> visitors,
                                       std::span<const std::uint16_t> differences, Survivors* out) {
  Survivors* const begin = out;
  const __m256i minus_one = _mm256_set1_epi16(-1);
  const std::uint16_t* const first = differences.data();
  const std::uint16_t* const last = first + differences.size();
  for (std::uint32_t v = 0; v < visitors.size(); ++v) {
    const Visitor& visitor = visitors.data()[v];
    const __m256i next = _mm256_set1_epi16(static_cast<short>(visitor.next));
    for (const std::uint16_t* difference = first; difference != last; ++difference) {
      const std::uint32_t at = visitor.line ^ *difference;
      const std::uint32_t state = front_state(lines[at]);
      std::uint32_t mask = within_limit<Limit>(lines + at, next, minus_one);
      mask = _bzhi_u32(mask, state) | (state & kFrontMore) << 16;
      if (__builtin_expect(mask != 0, 0)) *out++ = {v, at, mask};
    }
  }
  return static_cast<std::size_t>(out - begin);
}

std::size_t filter(const Line* lines, std::span<const Probe> probes, int limit, Survivors* out) {
  using Filter = std::size_t (*)(const Line*, std::span<const Probe>, Survivors*);
  static constexpr Filter kFilters[kFilterLimitMax + 1] = {filter_limit<0>, filter_limit<1>, filter_limit<2>,
                                                           filter_limit<3>, filter_limit<4>, filter_limit<5>,
                                                           filter_limit<6>, filter_limit<7>};
  return kFilters[limit](lines, probes, out);
}

std::size_t filter_front(const Line* lines, std::span<const Visitor> visitors,
                         std::span<const std::uint16_t> differences, int limit, Survivors* out) {
  using Filter =
      std::size_t (*)(const Line*, std::span<const Visitor>, std::span<const std::uint16_t>, Survivors*);
  static constexpr Filter kFilters[kFilterLimitMax + 1] = {front_limit<0>, front_limit<1>, front_limit<2>,
                                                           front_limit<3>, front_limit<4>, front_limit<5>,
                                                           front_limit<6>, front_limit<7>};
  return kFilters[limit](lines, visitors, differences, out);
}

SEAWALL_TARGET inline __m256i byte_counts(__m256i x) {
  const __m256i table =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m256i nibble = _mm256_set1_epi8(15);
  return _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(x, nibble)),
                         _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), nibble)));
}

/// Four codes: the differing bits of words 0 and 1 of each, as four 64-bit sums.
SEAWALL_TARGET inline __m256i half_distance(__m256i w0, __m256i w1, const Fingerprint256& query, int word) {
  const std::uint64_t* const q = query.words.data() + word;
  const __m256i x0 = _mm256_xor_si256(w0, _mm256_set1_epi64x(static_cast<long long>(q[0])));
  const __m256i x1 = _mm256_xor_si256(w1, _mm256_set1_epi64x(static_cast<long long>(q[1])));
  return _mm256_sad_epu8(_mm256_add_epi8(byte_counts(x0), byte_counts(x1)), _mm256_setzero_si256());
}

SEAWALL_TARGET inline bool any_at_most(__m256i sums, int radius) {
  const __m256i over = _mm256_cmpgt_epi64(sums, _mm256_set1_epi64x(radius));
  return _mm256_movemask_epi8(over) != -1;
}

__attribute__((target("popcnt,bmi"))) std::size_t filter_third(const Line* lines, const Line* thirds,
                                                               std::span<const Visitor> visitors, int limit,
                                                               std::span<Survivors> found) {
  return filter_third_lanes(lines, thirds, visitors, limit, found);
}

SEAWALL_TARGET std::size_t flat(std::span<const Fingerprint256> codes,
                                std::span<const Fingerprint256> queries, const int* radius_bits,
                                FlatHit* out) {
  FlatHit* const begin = out;
  for (std::size_t row = 0; row < codes.size(); row += 4) {
    const std::size_t count = codes.size() - row < 4 ? codes.size() - row : 4;
    __m256i w0{}, w1{};
    if (count == 4) {
      const auto* v = reinterpret_cast<const __m256i*>(codes.data() + row);
      const __m256i v0 = _mm256_loadu_si256(v), v1 = _mm256_loadu_si256(v + 1);
      const __m256i v2 = _mm256_loadu_si256(v + 2), v3 = _mm256_loadu_si256(v + 3);
      const __m256i a = _mm256_unpacklo_epi64(v0, v1), b = _mm256_unpacklo_epi64(v2, v3);
      const __m256i c = _mm256_unpackhi_epi64(v0, v1), d = _mm256_unpackhi_epi64(v2, v3);
      w0 = _mm256_permute2x128_si256(a, b, 0x20);
      w1 = _mm256_permute2x128_si256(c, d, 0x20);
    }
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const Fingerprint256& query = queries.data()[q];
      if (count == 4 && !any_at_most(half_distance(w0, w1, query, 0), radius_bits[q])) continue;
      for (std::size_t i = 0; i < count; ++i) {
        const int bits = distance(codes.data()[row + i], query);
        if (bits > radius_bits[q]) continue;
        *out++ = {static_cast<std::uint32_t>(row + i), static_cast<std::uint16_t>(q),
                  static_cast<std::uint16_t>(bits)};
      }
    }
  }
  return static_cast<std::size_t>(out - begin);
}

}  // namespace

const Kernels kAvx2 = {"avx2", filter, filter_front, filter_third, flat, distance};

}  // namespace seawall::index_detail
#endif
