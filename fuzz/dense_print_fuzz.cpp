// Property: any bytes, checksum mended or not, are refused as a dense print or read to one that is written
// and read again equal.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "seawall/durable_file/byte_io.h"
#include "seawall/video_print/dense_print.h"

namespace {

void check(std::span<const std::byte> bytes) {
  const auto print = seawall::read_dense_print(bytes);
  if (!print) return;
  const auto written = seawall::write_dense_print(*print);
  if (!written) std::abort();
  const auto again = seawall::read_dense_print(*written);
  if (!again || *again != *print) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check(bytes);
  std::vector<std::byte> mended(bytes.begin(), bytes.end());
  mended.resize(size + sizeof(std::uint64_t));
  const std::uint64_t checksum = seawall::durable::checksum(bytes);
  std::memcpy(mended.data() + size, &checksum, sizeof checksum);
  check(mended);
  return 0;
}
