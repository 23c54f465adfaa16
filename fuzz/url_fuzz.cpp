// Property: any bytes are read as an address, a query or a redirect's target without a crash; an address that
// was read is written back to one that reads the same, and never leaves http and https.
#include <cstdint>
#include <cstdlib>

#include "seawall/net/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const seawall::HttpUrl base{true, "lists.example", 443, "/v2/entries"};
  for (const auto& read : {seawall::http_url_from_text(text), seawall::resolve(base, text)}) {
    if (!read) continue;
    const auto again = seawall::http_url_from_text(seawall::to_text(*read));
    if (!again || !(*again == *read)) std::abort();
  }
  const auto query = seawall::query_of(text);
  if (query) {
    const auto again = seawall::query_of("?" + seawall::to_query(*query));
    if (!again || *again != *query) std::abort();
  }
  return 0;
}
