// Property: any text that scan_settings_from_json accepts, written and read again, is the same settings.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "seawall/scan/settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto settings = seawall::scan_settings_from_json({reinterpret_cast<const char*>(data), size});
  if (!settings) return 0;
  const auto again = seawall::scan_settings_from_json(seawall::to_json_text(*settings));
  if (!again || !seawall::difference_between(*settings, *again).empty()) std::abort();
  return 0;
}
