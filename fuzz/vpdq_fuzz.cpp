// Property: any bytes are read as a vPDQ signal without a crash; what was read is written and read again
// equal to a millisecond, in both forms, and compares with itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "seawall/video_print/vpdq.h"

namespace {

std::int64_t difference_us(std::int64_t a, std::int64_t b) { return a < b ? b - a : a - b; }

void check_again(const std::vector<seawall::VpdqFeature>& features, std::string_view written, bool is_text) {
  const auto again = seawall::read_vpdq(written);
  if (!again || again->size() != features.size()) std::abort();
  for (std::size_t i = 0; i < features.size(); ++i) {
    const seawall::VpdqFeature& a = features[i];
    const seawall::VpdqFeature& b = (*again)[i];
    if (a.bits != b.bits || a.quality != b.quality) std::abort();
    if ((is_text || a.time_us >= 0) && difference_us(a.time_us, b.time_us) > 1000) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto features = seawall::read_vpdq({reinterpret_cast<const char*>(data), size});
  if (!features) return 0;
  if (!features->empty()) check_again(*features, seawall::write_vpdq_text(*features), true);
  check_again(*features, seawall::write_vpdq_json(*features), false);
  if (features->size() > 200) return 0;
  const auto compared = seawall::vpdq_compare(*features, *features);
  if (compared.query_frames > 0 && !compared.is_match) std::abort();
  return 0;
}
