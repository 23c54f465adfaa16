// Property: any bytes are read as a draw or as its frame, or refused without a crash; one that is read has
// one text, which is read as the same.
#include <cstdint>
#include <cstdlib>

#include "seawall/overseer/draw.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto draw = seawall::draw_from_text(text)) {
    const auto again = seawall::draw_from_text(to_text(*draw));
    if (!again || !(*again == *draw)) std::abort();
  }
  if (const auto frame = seawall::draw_frame_from_text(text)) {
    const auto again = seawall::draw_frame_from_text(to_text(*frame));
    if (!again || !(*again == *frame)) std::abort();
  }
  return 0;
}
