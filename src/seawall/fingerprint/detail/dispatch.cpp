#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "seawall/fingerprint/detail/kernels.h"

namespace seawall::pdq_detail {
namespace {

bool runs_avx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0;
#else
  return false;
#endif
}

bool runs_avx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512dq") != 0 && runs_avx2();
#else
  return false;
#endif
}

const Kernels& choose() {
  // Before any thread could change the environment: the first hash of the process decides.
  const char* wanted = std::getenv("SEAWALL_CPU");
  if (wanted != nullptr) {
    if (const Kernels* named = kernels_named(wanted)) return *named;
  }
  for (const char* name : {"avx512", "avx2", "neon"}) {
    if (const Kernels* best = kernels_named(name)) return *best;
  }
  return *kernels_portable();
}

}  // namespace

const Kernels* kernels_named(const char* name) {
  if (std::strcmp(name, "avx512") == 0) return runs_avx512() ? kernels_avx512() : nullptr;
  if (std::strcmp(name, "avx2") == 0) return runs_avx2() ? kernels_avx2() : nullptr;
  if (std::strcmp(name, "neon") == 0) return kernels_neon();
  if (std::strcmp(name, "portable") == 0) return kernels_portable();
  return nullptr;
}

const Kernels& best_kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}

}  // namespace seawall::pdq_detail
