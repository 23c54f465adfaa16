// Property: any text that is read as a variant of a scan's journal, written and read again, is the same
// match, and what is written is the same text from then on.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "seawall/scan/detail/stored_variant.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using seawall::RecordedMatch;
  using seawall::scan_detail::read_variant;
  using seawall::scan_detail::stored_variant;
  RecordedMatch match;
  if (!read_variant({reinterpret_cast<const char*>(data), size}, match)) return 0;
  const std::string text = stored_variant(match);
  RecordedMatch again;
  if (!read_variant(text, again) || again.variant != match.variant || again.clip != match.clip) std::abort();
  if (stored_variant(again) != text) std::abort();
  return 0;
}
