// Property: any bytes are read as a kept head of a log without a crash; what was read is printed as it was.
#include <cstdint>
#include <cstdlib>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/tlog_heads/detail/head_file.h"

namespace heads = seawall::heads_detail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)heads::parse_head_file(bytes, "log.example");
  // The digest stands in the way of a fuzzer: it is put before what was made.
  const std::string whole = seawall::to_hex(seawall::sha256_of(bytes)) + '\n' + std::string(bytes);
  if (const auto head = heads::parse_head_file(whole, "log.example")) {
    const std::string printed = heads::print_head_file("log.example", *head);
    if (printed != whole) std::abort();
  }
  return 0;
}
