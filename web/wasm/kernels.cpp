#include "seawall/fingerprint/detail/kernels.h"

/// In place of detail/dispatch.cpp: here is one instruction set, and no environment to ask.
namespace seawall::pdq_detail {

const Kernels& best_kernels() { return *kernels_portable(); }

}  // namespace seawall::pdq_detail

#include "seawall/fingerprint/detail/kernels_portable.cpp"
