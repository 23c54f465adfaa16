#include "seawall/index/detail/kernels_simd.h"

#if defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)  // g++ 12 takes its own _mm512_undefined_epi32() for a mistake.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

// Not under TSan: its calls between vector instructions make g++ 12 lose register contents (wrong distances).
#define SEAWALL_TARGET \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,popcnt,bmi,bmi2"), no_sanitize("thread")))

namespace seawall::index_detail {
namespace {

SEAWALL_TARGET int distance(const Fingerprint256& a, const Fingerprint256& b) {
  long long bits = 0;
  for (std::size_t w = 0; w < 4; ++w) bits += _mm_popcnt_u64(a.words.data()[w] ^ b.words.data()[w]);
  return static_cast<int>(bits);
}

/// Lanes of `line` at most Limit bits from `next`. x & (x - 1) drops the lowest set bit: Limit - 1 rounds,
/// and a last one inside the test. Fewer and cheaper operations than a popcount where there is no VPOPCNTW.
template <int Limit>
SEAWALL_TARGET inline std::uint32_t within_limit(const Line* line, __m512i next, __m512i minus_one) {
  __m512i x = _mm512_xor_si512(_mm512_load_si512(line), next);
  if constexpr (Limit == 0) return _mm512_testn_epi16_mask(x, x);
  for (int i = 1; i < Limit; ++i) x = _mm512_and_si512(x, _mm512_add_epi16(x, minus_one));
  return _mm512_testn_epi16_mask(x, _mm512_add_epi16(x, minus_one));
}

template <int Limit>
SEAWALL_TARGET std::size_t filter_limit(const Line* lines, std::span<const Probe> probes, Survivors* out) {
  Survivors* const begin = out;
  const __m512i minus_one = _mm512_set1_epi16(-1);
  for (std::uint32_t p = 0; p < probes.size(); ++p) {
    const Probe& probe = probes.data()[p];
    const __m512i next = _mm512_set1_epi16(static_cast<short>(probe.next));
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
  const __m512i minus_one = _mm512_set1_epi16(-1);
  const std::uint16_t* const first = differences.data();
  const std::uint16_t* const last = first + differences.size();
  for (std::uint32_t v = 0; v < visitors.size(); ++v) {
    const Visitor& visitor = visitors.data()[v];
    const __m512i next = _mm512_set1_epi16(static_cast<short>(visitor.next));
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

__attribute__((target("popcnt,bmi"))) std::size_t filter_third(const Line* lines, const Line* thirds,
                                                               std::span<const Visitor> visitors, int limit,
                                                               std::span<Survivors> found) {
  return filter_third_lanes(lines, thirds, visitors, limit, found);
}

/// Word w of eight codes, w 0..3.
struct Eight {
  __m512i word[4];
};

SEAWALL_TARGET inline Eight transpose(const Fingerprint256* codes) {
  const __m512i low = _mm512_setr_epi64(0, 4, 8, 12, 1, 5, 9, 13);
  const __m512i high = _mm512_setr_epi64(2, 6, 10, 14, 3, 7, 11, 15);
  const __m512i v0 = _mm512_loadu_si512(codes), v1 = _mm512_loadu_si512(codes + 2);
  const __m512i v2 = _mm512_loadu_si512(codes + 4), v3 = _mm512_loadu_si512(codes + 6);
  const __m512i a = _mm512_permutex2var_epi64(v0, low, v1), b = _mm512_permutex2var_epi64(v2, low, v3);
  const __m512i c = _mm512_permutex2var_epi64(v0, high, v1), d = _mm512_permutex2var_epi64(v2, high, v3);
  return {{_mm512_shuffle_i64x2(a, b, 0x44), _mm512_shuffle_i64x2(a, b, 0xee),
           _mm512_shuffle_i64x2(c, d, 0x44), _mm512_shuffle_i64x2(c, d, 0xee)}};
}

SEAWALL_TARGET inline __m512i byte_counts(__m512i x) {
  const __m512i table = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m512i nibble = _mm512_set1_epi8(15);
  return _mm512_add_epi8(_mm512_shuffle_epi8(table, _mm512_and_si512(x, nibble)),
                         _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(x, 4), nibble)));
}

/// Bits that differ in two of the four words, for eight codes at once.
SEAWALL_TARGET inline __m512i half_distance(__m512i w0, __m512i w1, __m512i q0, __m512i q1) {
  const __m512i counts =
      _mm512_add_epi8(byte_counts(_mm512_xor_si512(w0, q0)), byte_counts(_mm512_xor_si512(w1, q1)));
  return _mm512_sad_epu8(counts, _mm512_setzero_si512());
}

SEAWALL_TARGET inline __m512i broadcast(const Fingerprint256& query, int word) {
  return _mm512_set1_epi64(static_cast<long long>(query.words.data()[word]));
}

/// The second half of the distance, only for blocks where the first half left a lane in the running.
SEAWALL_TARGET __attribute__((noinline)) FlatHit* finish(const Eight& block, const Fingerprint256& query,
                                                         __m512i first_half, std::uint32_t row,
                                                         std::uint16_t query_index, int radius,
                                                         FlatHit* out) {
  const __m512i rest = half_distance(block.word[2], block.word[3], broadcast(query, 2), broadcast(query, 3));
  const __m512i distance = _mm512_add_epi64(first_half, rest);
  alignas(64) std::uint64_t lanes[8];
  _mm512_store_si512(lanes, distance);
  unsigned mask = _mm512_cmple_epi64_mask(distance, _mm512_set1_epi64(radius));
  for (; mask != 0; mask &= mask - 1) {
    const auto lane = static_cast<unsigned>(__builtin_ctz(mask));
    *out++ = {row + lane, query_index, static_cast<std::uint16_t>(lanes[lane])};
  }
  return out;
}

SEAWALL_TARGET std::size_t flat(std::span<const Fingerprint256> codes,
                                std::span<const Fingerprint256> queries, const int* radius_bits,
                                FlatHit* out) {
  FlatHit* const begin = out;
  const std::size_t whole = codes.size() / 8 * 8;
  for (std::size_t row = 0; row < whole; row += 8) {
    const Eight block = transpose(codes.data() + row);
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const Fingerprint256& query = queries.data()[q];
      const __m512i half =
          half_distance(block.word[0], block.word[1], broadcast(query, 0), broadcast(query, 1));
      if (_mm512_cmple_epi64_mask(half, _mm512_set1_epi64(radius_bits[q])) == 0) continue;
      out = finish(block, query, half, static_cast<std::uint32_t>(row), static_cast<std::uint16_t>(q),
                   radius_bits[q], out);
    }
  }
  for (std::size_t row = whole; row < codes.size(); ++row) {
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const int bits = distance(codes.data()[row], queries.data()[q]);
      if (bits > radius_bits[q]) continue;
      *out++ = {static_cast<std::uint32_t>(row), static_cast<std::uint16_t>(q),
                static_cast<std::uint16_t>(bits)};
    }
  }
  return static_cast<std::size_t>(out - begin);
}

}  // namespace

const Kernels kAvx512 = {"avx512", filter, filter_front, filter_third, flat, distance};

}  // namespace seawall::index_detail
#endif
