#pragma once

#include "seawall/index/detail/kernels.h"

namespace seawall::index_detail {

#if defined(__x86_64__)
extern const Kernels kAvx512;  ///< F, BW, DQ, VL; no VPOPCNTDQ or BITALG needed.
extern const Kernels kAvx2;
#elif defined(__aarch64__)
extern const Kernels kNeon;
#endif

}  // namespace seawall::index_detail
