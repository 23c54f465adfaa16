#pragma once

#include <atomic>

#include "seawall/index/detail/kernels.h"

namespace seawall::index_detail {

/// The last lane of a front line: read before the others.
inline std::uint32_t front_state(const Line& line) {
  return std::atomic_ref(const_cast<std::uint16_t&>(line.lanes[kFrontLanes])).load(std::memory_order_acquire);
}

#if defined(__x86_64__)
extern const Kernels kAvx512;  ///< F, BW, DQ, VL; no VPOPCNTDQ or BITALG needed.
extern const Kernels kAvx2;
#elif defined(__aarch64__)
extern const Kernels kNeon;
#endif

}  // namespace seawall::index_detail
