// Property: any bytes are read as credentials without a crash; an error holds none of the input.
#include <array>
#include <cstdint>
#include <cstdlib>

#include "seawall/net/credentials.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<std::string_view, 2> kNames = {"user", "password"};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = seawall::credentials_from_text(text, kNames);
  if (!read && read.error().message.size() > 200) std::abort();
  if (read && (read->size() == 0 || read->size() > kNames.size())) std::abort();
  return 0;
}
