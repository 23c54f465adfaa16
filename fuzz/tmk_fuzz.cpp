// Property: any bytes are refused as a TMK signal or given back byte for byte, and compare with themselves.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "seawall/video_print/tmk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto print = seawall::read_tmk(bytes);
  if (!print) return 0;
  if (!std::ranges::equal(seawall::write_tmk(*print), bytes)) std::abort();
  const auto compared = seawall::tmk_compare(*print, *print, {.level1_min = -1});
  if (!compared || std::abs(compared->level1) > 1.001) std::abort();
  return 0;
}
