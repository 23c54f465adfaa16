// Property: any bytes are read as a remembered answer without a crash; one that was read is written as the
// same text.
#include <cstdint>
#include <cstdlib>

#include "seawall/jobs/remembered_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto answer = seawall::remembered_answer_from_text(200, text)) {
    const auto written = seawall::to_text(*answer);
    if (!written || *written != text) std::abort();
  }
  return 0;
}
