// Property: any bytes are read as a roster or refused without a crash; what is read is written back as the
// same bytes, has two custodians or more, and continues itself.
#include <cstdint>
#include <cstdlib>

#include "seawall/statement/roster.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto roster = seawall::Roster::from_text(text);
  if (!roster || roster->empty()) return 0;
  if (roster->to_text() != text && roster->to_text() != text + "\n") std::abort();
  const auto now = roster->statements().back().at();
  if (roster->people_with(seawall::PersonRole::kCustodian, now).size() < 2) std::abort();
  if (!roster->continues(*roster)) std::abort();
  return 0;
}
