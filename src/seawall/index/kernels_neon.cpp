#include "seawall/index/detail/kernels_simd.h"

#if defined(__aarch64__)
#include <arm_neon.h>

namespace seawall::index_detail {
namespace {

/// One bit a lane, lane 0 lowest, of eight all-ones-or-zero lanes.
inline std::uint32_t lane_bits(uint16x8_t lanes) {
  static constexpr std::uint16_t kWeights[8] = {1, 2, 4, 8, 16, 32, 64, 128};
  return vaddvq_u16(vandq_u16(lanes, vld1q_u16(kWeights)));
}

/// One bit for each of the 32 lanes at most `most` bits from `next`.
inline std::uint32_t within_limit(const Line& line, uint16x8_t next, uint16x8_t most) {
  std::uint32_t mask = 0;
  for (unsigned part = 0; part < 4; ++part) {
    const uint16x8_t x = veorq_u16(vld1q_u16(line.lanes.data() + 8 * part), next);
    const uint16x8_t counts = vpaddlq_u8(vcntq_u8(vreinterpretq_u8_u16(x)));
    mask |= lane_bits(vcleq_u16(counts, most)) << (8 * part);
  }
  return mask;
}

std::size_t filter_front(const Line* lines, std::span<const Visitor> visitors,
                         std::span<const std::uint16_t> differences, int limit, Survivors* out) {
  Survivors* const begin = out;
  const uint16x8_t most = vdupq_n_u16(static_cast<std::uint16_t>(limit));
  for (std::uint32_t v = 0; v < visitors.size(); ++v) {
    const uint16x8_t next = vdupq_n_u16(visitors[v].next);
    for (const std::uint16_t difference : differences) {
      const std::uint32_t at = visitors[v].line ^ difference;
      const std::uint32_t state = front_state(lines[at]);
      const std::uint32_t held = (1U << (state & 31U)) - 1;
      const std::uint32_t mask = (within_limit(lines[at], next, most) & held) | (state & kFrontMore) << 16;
      if (mask != 0) *out++ = {v, at, mask};
    }
  }
  return static_cast<std::size_t>(out - begin);
}

std::size_t filter(const Line* lines, std::span<const Probe> probes, int limit, Survivors* out) {
  Survivors* const begin = out;
  const uint16x8_t most = vdupq_n_u16(static_cast<std::uint16_t>(limit));
  for (std::uint32_t p = 0; p < probes.size(); ++p) {
    const Probe& probe = probes.data()[p];
    const uint16x8_t next = vdupq_n_u16(probe.next);
    for (std::uint32_t l = 0; l < probe.line_count(); ++l) {
      const std::uint32_t mask = within_limit(lines[probe.begin.line + l], next, most);
      *out = {p, l, mask};
      out += mask != 0;
    }
  }
  return static_cast<std::size_t>(out - begin);
}

std::size_t filter_third(const Line* lines, const Line* thirds, std::span<const Visitor> visitors, int limit,
                         std::span<Survivors> found) {
  return filter_third_lanes(lines, thirds, visitors, limit, found);
}

int distance_of(const Fingerprint256& a, const Fingerprint256& b) {
  const uint8x16_t low = veorq_u8(vreinterpretq_u8_u64(vld1q_u64(a.words.data())),
                                  vreinterpretq_u8_u64(vld1q_u64(b.words.data())));
  const uint8x16_t high = veorq_u8(vreinterpretq_u8_u64(vld1q_u64(a.words.data() + 2)),
                                   vreinterpretq_u8_u64(vld1q_u64(b.words.data() + 2)));
  return vaddlvq_u8(vaddq_u8(vcntq_u8(low), vcntq_u8(high)));
}

std::size_t flat(std::span<const Fingerprint256> codes, std::span<const Fingerprint256> queries,
                 const int* radius_bits, FlatHit* out) {
  FlatHit* const begin = out;
  for (std::size_t row = 0; row < codes.size(); ++row) {
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const int distance = distance_of(codes.data()[row], queries.data()[q]);
      if (distance > radius_bits[q]) continue;
      *out++ = {static_cast<std::uint32_t>(row), static_cast<std::uint16_t>(q),
                static_cast<std::uint16_t>(distance)};
    }
  }
  return static_cast<std::size_t>(out - begin);
}

}  // namespace

const Kernels kNeon = {"neon", filter, filter_front, filter_third, flat, distance_of};

}  // namespace seawall::index_detail
#endif
