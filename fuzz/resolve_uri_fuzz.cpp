// Property: any bytes are resolved or refused; what was resolved keeps a scheme and resolves to itself, and
// against itself with nothing.
#include <cstdint>
#include <cstdlib>

#include "seawall/playlist/uri.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto once = seawall::resolve_uri("https://a.example/b/c/d;p?q", text);
  if (!once) return 0;
  const auto again = seawall::resolve_uri("http://other.example/", *once);
  if (once->find(':') == std::string::npos || !again || *again != *once) std::abort();
  (void)seawall::file_name_of(*once);
  return 0;
}
