#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/match/variant.h"
#include "seawall/toml/toml.h"

namespace seawall {

/// The table [streams] of a service's settings: that it follows live streams, and how many.
/// docs/howto/serve.md has each with its meaning.
struct StreamsSettings {
  int threads = 0;                     ///< That look at them, each with a decoder; 0: half of the cores.
  std::size_t streams_max = 256;       ///< In all.
  std::size_t tenant_streams_max = 0;  ///< Of one tenant; 0: streams_max.
  std::uint64_t memory_bytes_max = std::uint64_t{256} << 20;  ///< Of pieces that wait to be looked at.
  std::vector<std::string> allowed_networks;  ///< CIDR: the operator's own, where streams may be.
  std::string ca_file;                        ///< PEM: authorities trusted for streams besides the system's.
  VariantProfile profile = VariantProfile::kDefault;
  bool fetch_keys = false;       ///< Of encrypted HLS, where the playlist says.
  std::uint32_t keep_days = 90;  ///< Of alerts.

  [[nodiscard]] int threads_used() const;
};

/// Errors: kInvalidInput with the line and what to write.
Result<StreamsSettings> streams_settings_from(TomlTable& table);

}  // namespace seawall
