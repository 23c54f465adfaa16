#include "seawall/fingerprint/detail/plain_kernels.h"

namespace seawall::pdq_detail {
namespace {

constexpr Kernels kPortable = {"portable",         plain_add_rows, plain_project, plain_scale_row,
                               plain_luma_row,     plain_ycc_row,  plain_dct,     plain_gradient,
                               plain_lower_median, plain_above};

}  // namespace

const Kernels* kernels_portable() { return &kPortable; }

}  // namespace seawall::pdq_detail
