// Property: as in exchange_fuzz.h, for the format threatexchange.
#include "exchange_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return seawall::fuzz::check("threatexchange", data, size);
}
