#include "seawall/service/streams_settings.h"

#include <algorithm>
#include <thread>

#include "seawall/net/network.h"

namespace seawall {
namespace {

constexpr std::size_t kNetworksMax = 256;

}  // namespace

int StreamsSettings::threads_used() const {
  if (threads > 0) return threads;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()) / 2, 1, 64);
}

Result<StreamsSettings> streams_settings_from(TomlTable& table) {
  StreamsSettings out;
  SEAWALL_TRY(const auto threads, table.number("threads", 0, 64));
  out.threads = static_cast<int>(threads.value_or(out.threads));
  SEAWALL_TRY(const auto streams, table.number("streams_max", 1, 4'096));
  if (streams) out.streams_max = static_cast<std::size_t>(*streams);
  SEAWALL_TRY(const auto of_tenant, table.number("tenant_streams_max", 0, 4'096));
  if (of_tenant) out.tenant_streams_max = static_cast<std::size_t>(*of_tenant);
  SEAWALL_TRY(const auto bytes, table.number("memory_bytes_max", 16 << 20, std::int64_t{1} << 40));
  if (bytes) out.memory_bytes_max = static_cast<std::uint64_t>(*bytes);
  SEAWALL_TRY(out.allowed_networks, table.texts("allowed_networks", kNetworksMax));
  for (const std::string& text : out.allowed_networks) {
    if (const auto network = Network::from_text(text); !network)
      return table.wrong("allowed_networks", network.error().message);
  }
  SEAWALL_TRY(auto authorities, table.text("ca_file"));
  if (authorities) out.ca_file = *std::move(authorities);
  SEAWALL_TRY(const auto profile, table.text("profile"));
  if (profile) {
    const auto known = variant_profile_from_text(*profile);
    if (!known) return table.wrong("profile", "write \"none\", \"default\" or \"thorough\"");
    out.profile = *known;
  }
  SEAWALL_TRY(const auto keys, table.boolean("fetch_keys"));
  out.fetch_keys = keys.value_or(out.fetch_keys);
  SEAWALL_TRY(const auto days, table.number("keep_days", 1, 36'500));
  if (days) out.keep_days = static_cast<std::uint32_t>(*days);
  SEAWALL_CHECK(table.finish());
  return out;
}

}  // namespace seawall
