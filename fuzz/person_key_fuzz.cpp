// Property: any bytes are read as a person's public key or sealed key, or refused, without a crash and
// without the work of a passphrase; what is read is written back as the same bytes.
#include <cstdint>
#include <cstdlib>

#include "seawall/statement/person_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto key = seawall::person_public_key_from(text);
  if (key && seawall::to_text(*key) != text) std::abort();
  const auto sealed = seawall::sealed_person_key_from(text);
  if (sealed && seawall::to_text(*sealed) != text) std::abort();
  return 0;
}
