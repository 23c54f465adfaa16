// Property: content that is read of any bytes, written again, is those bytes, and is within all limits.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/store/canonical.h"
#include "seawall/store/content_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto content = seawall::read_canonical(bytes);
  if (!content) return 0;
  std::string again;
  seawall::append_canonical(again, *content);
  if (again != bytes || !seawall::check_content(*content)) std::abort();
  return 0;
}
