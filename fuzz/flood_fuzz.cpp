// Property: a memory that the flood breaker takes is the one it gives back, and it goes on from it in any
// order of times.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "seawall/durable_file/byte_io.h"
#include "seawall/flood/flood_breaker.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  seawall::FloodOptions options;
  options.entries_max = 64;
  auto flood = *seawall::FloodBreaker::make(options);
  const auto given = std::as_bytes(std::span(data, size));
  std::vector<std::byte> bytes(given.begin(), given.end());
  if (size >= 8) {
    const std::uint64_t sum = seawall::durable::checksum(std::span(bytes).first(size - 8));
    std::memcpy(bytes.data() + size - 8, &sum, 8);
  }
  if (!flood.restore(bytes)) return 0;
  if (flood.serialise() != bytes) std::abort();
  for (std::size_t at = 0; at + 9 <= size; at += 9) {
    std::int64_t time = 0;
    std::memcpy(&time, data + at, 8);
    const seawall::EntryId entry{data[at + 8]};
    (void)flood.record(entry, seawall::Time(std::chrono::milliseconds(time)));
    if (flood.threshold(entry, seawall::Time(std::chrono::milliseconds(time))) < options.count_min)
      std::abort();
  }
  if (flood.size() > options.entries_max) std::abort();
  auto again = *seawall::FloodBreaker::make(options);
  if (!again.restore(flood.serialise()) || again.serialise() != flood.serialise()) std::abort();
  return 0;
}
