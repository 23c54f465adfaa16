// Property: any bytes are read as a signed note, a key and a cosignature without a crash; what was read is
// written back byte for byte, and no key that is known here ever signed it.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "seawall/tlog/cosignature.h"
#include "seawall/tlog/keys.h"

using namespace seawall::tlog;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<VerifierKey> kKnown{VerifierKey::make("a", KeyType::kEd25519, {}).value(),
                                               VerifierKey::make("a", KeyType::kCosignature, {}).value()};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto note = parse_note(text)) {
    if (print_note(*note) != text || !is_note_text(note->text) || verify_note(*note, kKnown)) std::abort();
  }
  if (const auto key = VerifierKey::parse(text); key && key->vkey() != text) std::abort();
  if (const auto key = NoteSigner::parse(text); key && key->skey().value() != text) std::abort();
  if (const auto cosignature = parse_cosignature(text);
      cosignature && print_cosignature(*cosignature) != text) {
    std::abort();
  }
  return 0;
}
