#include "seawall/observation/detail/manifest.h"

#include <array>
#include <utility>

#include "seawall/observation/observation_log.h"

namespace seawall::observation_detail {
namespace {

using durable::ByteReader;
using durable::Bytes;
using durable::ByteWriter;

constexpr std::array<char, 8> kMagic = {'S', 'E', 'A', 'W', 'O', 'B', 'M', '1'};
constexpr std::uint32_t kVersion = 1;

tl::unexpected<Error> corrupt(const char* what) {
  return fail(Code::kCorrupt, std::string("MANIFEST: ") + what + "; restore it from a backup");
}

bool read_tenant(ByteReader& reader, TenantSetting& tenant) {
  std::uint8_t size = 0;
  if (!reader.get(tenant.retention_ms) || !reader.get(tenant.dropped_before_ms) || !reader.get(size))
    return false;
  if (tenant.retention_ms < 0 || tenant.dropped_before_ms < 0) return false;
  if (size == 0 || size > Observation::kTenantBytesMax || reader.left().size() < size) return false;
  tenant.name.assign(reinterpret_cast<const char*>(reader.left().data()), size);
  reader = ByteReader(reader.left().subspan(size));
  return true;
}

}  // namespace

std::vector<std::byte> encode_manifest(const Manifest& manifest) {
  ByteWriter out;
  out.put(kMagic);
  out.put(kVersion);
  out.put(static_cast<std::uint32_t>(manifest.tenants.size()));
  out.put(manifest.next_part);
  out.put(manifest.first_journal);
  out.put(std::uint64_t{manifest.parts.size()});
  for (const PartRecord& part : manifest.parts) {
    out.put(part.number);
    out.put(part.size_bytes);
  }
  for (const TenantSetting& tenant : manifest.tenants) {
    out.put(tenant.retention_ms);
    out.put(tenant.dropped_before_ms);
    out.put(static_cast<std::uint8_t>(tenant.name.size()));
    out.put_bytes(std::as_bytes(std::span(tenant.name)));
  }
  out.put(durable::checksum(out.bytes()));
  return std::move(out).take();
}

Result<Manifest> decode_manifest(Bytes file) {
  constexpr std::size_t kSum = sizeof(std::uint64_t);
  if (file.size() < kMagic.size() + kSum) return corrupt("too short");
  std::uint64_t stored = 0;
  ByteReader(file.last(kSum)).get(stored);
  const Bytes body = file.first(file.size() - kSum);
  if (durable::checksum(body) != stored) return corrupt("the checksum is wrong");
  ByteReader reader(body);
  std::array<char, 8> magic{};
  std::uint32_t version = 0, tenants = 0;
  std::uint64_t parts = 0;
  Manifest manifest;
  if (!reader.get(magic) || magic != kMagic) return corrupt("not a manifest of observations");
  if (!reader.get(version) || version != kVersion)
    return fail(Code::kUnsupported, "MANIFEST: unknown version");
  if (!reader.get(tenants) || !reader.get(manifest.next_part) || !reader.get(manifest.first_journal) ||
      !reader.get(parts) || parts > reader.left().size() || tenants > ObservationLog::kTenantsMax) {
    return corrupt("cut short");
  }
  manifest.parts.resize(parts);
  for (PartRecord& part : manifest.parts) {
    if (!reader.get(part.number) || !reader.get(part.size_bytes) || part.number >= manifest.next_part) {
      return corrupt("impossible part");
    }
  }
  manifest.tenants.resize(tenants);
  for (TenantSetting& tenant : manifest.tenants) {
    if (!read_tenant(reader, tenant)) return corrupt("impossible tenant");
  }
  if (!reader.left().empty()) return corrupt("bytes after the end");
  return manifest;
}

}  // namespace seawall::observation_detail
