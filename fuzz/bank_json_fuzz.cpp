// Property: any bytes are read as a bank.json without a crash, and settings that were read come back equal
// from what is written for them.
#include <cstdint>
#include <cstdlib>

#include "seawall/bank/settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto settings = seawall::bank_settings_from_text({reinterpret_cast<const char*>(data), size});
  if (!settings) return 0;
  const auto text = seawall::bank_settings_to_text(*settings);
  if (!text) std::abort();
  const auto again = seawall::bank_settings_from_text(*text);
  if (!again || !(*again == *settings)) std::abort();
  return 0;
}
