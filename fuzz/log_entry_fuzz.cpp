// Property: any bytes are read as an entry of the log or refused without a crash; what is read is written
// back as the same bytes.
#include <cstdint>
#include <cstdlib>

#include "seawall/statement/log_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto entry = seawall::log_entry_from_text(text);
  if (entry && seawall::to_text(*entry) != text) std::abort();
  return 0;
}
