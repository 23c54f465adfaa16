// Property: any bytes, cut anywhere, are unpacked without a crash and to the same bytes as in one piece; more
// than the limit of what takes them never comes out.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "seawall/net_curl/detail/gunzip.h"

namespace {

struct Outcome {
  bool whole = false;
  std::string bytes;
};

Outcome unpack(std::string_view packed, std::size_t piece) {
  constexpr std::size_t kMax = 1 << 20;
  seawall::Gunzip gunzip;
  Outcome outcome;
  const auto put = [&outcome](std::string_view bytes) -> seawall::Result<void> {
    if (outcome.bytes.size() + bytes.size() > kMax) return seawall::fail(seawall::Code::kLimitExceeded, "");
    outcome.bytes.append(bytes);
    return {};
  };
  while (!packed.empty()) {
    const auto taken = gunzip.take(packed.substr(0, piece), put);
    if (!taken) return outcome;
    packed.remove_prefix(std::min(piece, packed.size()));
  }
  outcome.whole = gunzip.finish().has_value();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view packed(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome one = unpack(packed, packed.size() + 1);
  const Outcome many = unpack(packed, data[0] % 16U + 1);
  if (one.whole != many.whole || (one.whole && one.bytes != many.bytes)) std::abort();
  return 0;
}
