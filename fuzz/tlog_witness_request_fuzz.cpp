// Property: any bytes are read as a request to a witness, and as its answer, without a crash; what was read
// is written back byte for byte.
#include <cstdint>
#include <cstdlib>

#include "seawall/tlog/note.h"
#include "seawall/tlog/witness_request.h"

using namespace seawall::tlog;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto request = parse_witness_request(text);
  if (request && print_witness_request(*request) != text) std::abort();
  const auto signatures = parse_signature_lines(text);
  std::string again;
  for (std::size_t i = 0; signatures && i < signatures->size(); ++i)
    again += print_signature((*signatures)[i]);
  if (signatures && again != text) std::abort();
  return 0;
}
