// Property: any bytes are read as a file of subscriptions without a crash; settings that were read are within
// their limits.
#include <cstdint>
#include <cstdlib>

#include "seawall/subscription/settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = seawall::subscriptions_from_toml({reinterpret_cast<const char*>(data), size}, "s.toml");
  if (!read) return 0;
  for (const auto& settings : read->subscriptions) {
    if (settings.name.empty() || settings.bank.empty() || settings.url.empty()) std::abort();
    if (settings.interval < std::chrono::seconds(10)) std::abort();
    if (seawall::feed_of(settings).size() != 32) std::abort();
  }
  return 0;
}
