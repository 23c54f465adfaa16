// Property: any text is read as a change request or an import's place, or refused, without a crash; whatever
// is read is written back byte for byte.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "seawall/lists/change_request.h"
#include "seawall/lists/detail/import_checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto change = seawall::wanted_change_from_text(text)) {
    if (to_text(*change) != text) std::abort();
  }
  if (const auto place = seawall::lists_detail::import_checkpoint_from_text(text)) {
    if (to_text(*place) != text) std::abort();
  }
  return 0;
}
