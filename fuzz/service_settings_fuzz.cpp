// Property: any bytes are read as settings of the service without a crash; what was read is within its
// limits, and an error names the file and is short.
#include <cstdint>
#include <cstdlib>

#include "seawall/service/settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read =
      seawall::service_settings_from_text({reinterpret_cast<const char*>(data), size}, "serve.toml");
  if (!read) {
    if (!read.error().message.starts_with("serve.toml:") || read.error().message.size() > 1'000) std::abort();
    return 0;
  }
  if (read->http_threads < 1 || read->http_threads > 256 || read->media_threads > 256) std::abort();
  if (read->queue_jobs_max < 1 || read->queue_wait_max.count() < 1) std::abort();
  if (read->default_rate && (read->default_rate->items < 1 || read->default_rate->per_s < 1)) std::abort();
  if (read->keep_days && !read->observe) std::abort();
  for (const auto& listen : read->listen) {
    if (listen.address.empty()) std::abort();
    if (listen.tls && (listen.tls->certificate_file.empty() || listen.tls->key_file.empty())) std::abort();
  }
  if (!seawall::check_settings(*read)) return 0;
  if (read->store.empty() || read->folder.empty() || read->listen.empty()) std::abort();
  return 0;
}
