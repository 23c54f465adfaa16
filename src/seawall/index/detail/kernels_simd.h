#pragma once

#include <atomic>

#include "seawall/index/detail/kernels.h"

namespace seawall::index_detail {

/// The last lane of a front line: read before the others.
inline std::uint32_t front_state(const Line& line) {
  return std::atomic_ref(const_cast<std::uint16_t&>(line.lanes[kFrontLanes])).load(std::memory_order_acquire);
}

/// Kernels::filter_third, to be compiled into each backend with its population count.
[[gnu::always_inline]] inline std::size_t filter_third_lanes(const Line* lines, const Line* thirds,
                                                             std::span<const Visitor> visitors, int limit,
                                                             std::span<Survivors> found) {
  Survivors* out = found.data();
  const Survivors* const end = out + found.size();
  for (const Survivors* one = out; one != end; ++one) {
    const Visitor& visitor = visitors.data()[one->probe];
    const std::uint16_t* const next = lines[one->line].lanes.data();
    const std::uint16_t* const third = thirds[one->line].lanes.data();
    std::uint32_t kept = one->lanes & (std::uint32_t{1} << kFrontLanes);
    for (std::uint32_t lanes = one->lanes ^ kept; lanes != 0; lanes &= lanes - 1) {
      const auto lane = static_cast<unsigned>(__builtin_ctz(lanes));
      const std::uint32_t bits = (std::uint32_t{next[lane]} << 16 | third[lane]) ^
                                 (std::uint32_t{visitor.next} << 16 | visitor.third);
      kept |= static_cast<std::uint32_t>(__builtin_popcount(bits) <= limit) << lane;
    }
    *out = {one->probe, one->line, kept};
    out += kept != 0;
  }
  return static_cast<std::size_t>(out - found.data());
}

#if defined(__x86_64__)
extern const Kernels kAvx512;  ///< F, BW, DQ, VL; no VPOPCNTDQ or BITALG needed.
extern const Kernels kAvx2;
#elif defined(__aarch64__)
extern const Kernels kNeon;
#endif

}  // namespace seawall::index_detail
