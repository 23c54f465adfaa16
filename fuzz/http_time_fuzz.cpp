// Property: any bytes are read as a Retry-After or an HTTP date without a crash; a wait lies between nothing
// and a day.
#include <cstdint>
#include <cstdlib>

#include "seawall/net/http_time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::chrono::sys_seconds now{std::chrono::seconds(1'795'302'000)};
  const auto wait = seawall::retry_after(text, now);
  if (wait && (wait->count() < 0 || *wait > seawall::kRetryAfterMax)) std::abort();
  const auto date = seawall::http_date_from_text(text, now);
  if (date && date->time_since_epoch() > std::chrono::years(10'000)) std::abort();
  return 0;
}
