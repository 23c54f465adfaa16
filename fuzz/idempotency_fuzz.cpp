// Property: any bytes are read as an Idempotency-Key or as a remembered answer without a crash; a key that
// was read is of the contract's alphabet and reads the same in quotes; an answer that was read is written as
// the same text.
#include <cstdint>
#include <cstdlib>

#include "seawall/jobs/idempotency.h"
#include "seawall/jobs/remembered_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto key = seawall::idempotency_key_from_header(text)) {
    const auto again = seawall::idempotency_key_from_header("\"" + *key + "\"");
    if (!again || *again != *key || key->empty() || key->size() > 64) std::abort();
  }
  if (const auto answer = seawall::remembered_answer_from_text(200, text)) {
    const auto written = seawall::to_text(*answer);
    if (!written || *written != text) std::abort();
  }
  return 0;
}
