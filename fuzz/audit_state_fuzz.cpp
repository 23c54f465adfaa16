// Property: any bytes are read as the state of an audit, and as a record with its salt, without a crash; a
// state that was read is written back byte for byte, and is read whatever its line is once its digest is
// right.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/audit/audit_state.h"
#include "seawall/audit/log_proof.h"
#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"

using namespace seawall;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  if (audit_state_from_text(line)) std::abort();  // Nobody finds a digest by chance.
  const std::string text = to_hex(sha256_of(line)) + "\n" + std::string(line);
  if (const auto state = audit_state_from_text(text); state && to_text(*state).value() != text) std::abort();
  if (const auto file = record_file_from_text(line); file && file->record.empty()) std::abort();
  return 0;
}
