#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/durable_file/byte_io.h"

namespace seawall::observation_detail {

struct TenantSetting {
  std::string name;
  std::int64_t retention_ms = 0;  ///< 0: for ever.
  std::int64_t dropped_before_ms = 0;
  friend bool operator==(const TenantSetting&, const TenantSetting&) = default;
};

struct PartRecord {
  std::uint64_t number = 0;
  std::uint64_t size_bytes = 0;
  friend bool operator==(const PartRecord&, const PartRecord&) = default;
};

/// Which files make up the log, and what it knows of each tenant. Replaced as a whole by a rename.
struct Manifest {
  std::uint64_t next_part = 1;
  std::uint64_t first_journal = 1;          ///< Journals from this number on hold what no part holds.
  std::vector<TenantSetting> tenants = {};  ///< By number.
  std::vector<PartRecord> parts = {};
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// Format: docs/formats/observations.md, "Manifest".
[[nodiscard]] std::vector<std::byte> encode_manifest(const Manifest& manifest);
/// Errors: kCorrupt, kUnsupported.
Result<Manifest> decode_manifest(durable::Bytes file);

}  // namespace seawall::observation_detail
