// Property: any bytes are read as a checkpoint without a crash; one that was read is written back to the same
// fields, and its numbers lie in their range.
#include <cstdint>
#include <cstdlib>

#include "seawall/remote/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = seawall::Checkpoint::read("ncmec", text);
  if (!read || text.empty()) return 0;
  const auto again = seawall::Checkpoint::read("ncmec", read->text());
  for (const char* name : {"from", "to", "start", "page", "sha256"}) {
    if (again && again->get(name) != read->get(name)) std::abort();
    const auto number = read->number(name);
    if (number && *number && (**number < 0 || **number > 253'402'300'799)) std::abort();
  }
  return 0;
}
