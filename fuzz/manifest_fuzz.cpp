// Property: any manifest that is accepted is what encoding it again gives.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "seawall/index/detail/manifest.h"

// Byte 0: bit 0 appends the right checksum, so that what is behind it is reached.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace detail = seawall::index_detail;
  if (size == 0) return 0;
  detail::ByteWriter file;
  file.put_bytes(std::as_bytes(std::span(data + 1, size - 1)));
  if ((data[0] & 1U) != 0) file.put(detail::checksum(file.bytes()));
  const auto read = detail::decode_manifest(file.bytes(), "fuzzed");
  if (!read) return 0;
  const auto again = detail::encode_manifest(*read);
  if (!std::equal(again.begin(), again.end(), file.bytes().begin(), file.bytes().end())) std::abort();
  return 0;
}
