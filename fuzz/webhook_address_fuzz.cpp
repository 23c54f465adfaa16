// Property: any bytes are taken as a webhook's address or refused without a crash; what is taken is https,
// opens as a text that is taken too, for the same host, and opens for its own job only.
#include <cstdint>
#include <cstdlib>

#include "seawall/jobs/webhook_delivery.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const seawall::MasterKey master = [] {
    seawall::Credentials credentials;
    credentials.set("access_key", seawall::Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    return *seawall::MasterKey::from(credentials);
  }();
  static const seawall::WebhookAddresses addresses(master);
  seawall::LookupJob job;
  job.id = "r_abcdefgh";
  if (!addresses.seal(job, {reinterpret_cast<const char*>(data), size})) return 0;
  const auto opened = addresses.open(job);
  if (!opened || !opened->starts_with("https://")) std::abort();
  seawall::LookupJob again = job;
  if (!addresses.seal(again, *opened) || again.host != job.host) std::abort();
  again.id = "r_abcdefgi";
  if (addresses.open(again)) std::abort();
  return 0;
}
