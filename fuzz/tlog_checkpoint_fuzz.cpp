// Property: any bytes are read as a checkpoint without a crash; one that was read is written back byte for
// byte.
#include <cstdint>
#include <cstdlib>

#include "seawall/tlog/checkpoint.h"

using namespace seawall::tlog;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto checkpoint = parse_checkpoint(text);
  if (checkpoint && (print_checkpoint(*checkpoint) != text || checkpoint->head.size > kSizeMax)) std::abort();
  if (open_checkpoint(text, {"example.com/log", {}, {}, 0})) std::abort();
  return 0;
}
