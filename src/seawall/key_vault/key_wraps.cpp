#include "seawall/key_vault/key_wraps.h"

#include <algorithm>

#include "seawall/crypto/random_bytes.h"
#include "seawall/net/secret.h"
#include "seawall/statement/canonical_json.h"

namespace seawall {
namespace {

/// Canonical JSON: no two names of things share a text.
Result<std::string> context(const char* what, Json members) {
  SEAWALL_TRY(std::string text, canonical_json(members));
  return std::string("seawall/") + what + "/v1\n" + std::move(text);
}

Result<std::string> tenant_context(std::string_view tenant, std::uint64_t epoch) {
  return context("tenant-key", {{"epoch", epoch}, {"tenant", tenant}});
}
Result<std::string> case_context(std::string_view tenant, std::string_view case_id, std::uint64_t epoch) {
  return context("case-key", {{"case", case_id}, {"epoch", epoch}, {"tenant", tenant}});
}
Result<std::string> record_context(const RecordName& name) {
  return context(
      "record-key",
      {{"case", name.case_id}, {"record", name.record}, {"tenant", name.tenant}, {"version", name.version}});
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kKeyNameBytesMax &&
         std::ranges::all_of(text, [](unsigned char one) { return one > 0x20 && one < 0x7F; });
}

}  // namespace

Result<KeyBytes> KeyBytes::make() {
  KeyBytes key;
  SEAWALL_CHECK(fill_with_random_bytes(key.bytes_));
  return key;
}

Result<KeyBytes> KeyBytes::take(std::string&& text) {
  KeyBytes key;
  const bool fits = text.size() == kBytes;
  if (fits) std::ranges::copy(std::as_bytes(std::span(text)), key.bytes_.begin());
  wipe_bytes(text.data(), text.size());
  if (!fits) return fail(Code::kCorrupt, "what was sealed is no key");
  return key;
}

KeyBytes::KeyBytes(KeyBytes&& other) noexcept : bytes_(other.bytes_) { other.wipe(); }
KeyBytes& KeyBytes::operator=(KeyBytes&& other) noexcept {
  if (this == &other) return *this;
  bytes_ = other.bytes_;
  other.wipe();
  return *this;
}
void KeyBytes::wipe() { wipe_bytes(bytes_.data(), bytes_.size()); }

Result<void> check_record_name(const RecordName& name) {
  const bool all = is_name(name.tenant) && is_name(name.case_id) && is_name(name.record);
  if (!all || name.version == 0 || name.version > static_cast<std::uint64_t>(kCanonicalIntegerMax))
    return fail(Code::kInvalidInput,
                "tenant, case and record are 1 to 96 printable ASCII characters each, without blanks, and a "
                "version is 1 or more");
  return {};
}

Result<std::string> seal_tenant_key(const RootKey& root, const KeyBytes& key, std::string_view tenant,
                                    std::uint64_t epoch) {
  SEAWALL_TRY(const std::string of, tenant_context(tenant, epoch));
  return root.seal(key.text(), of);
}
Result<KeyBytes> open_tenant_key(const RootKey& root, std::string_view sealed, std::string_view tenant,
                                 std::uint64_t epoch) {
  SEAWALL_TRY(const std::string of, tenant_context(tenant, epoch));
  SEAWALL_TRY(std::string opened, root.open(sealed, of));
  return KeyBytes::take(std::move(opened));
}

Result<std::string> seal_case_key(const KeyBytes& tenant_key, const KeyBytes& key, std::string_view tenant,
                                  std::string_view case_id, std::uint64_t epoch) {
  SEAWALL_TRY(const std::string of, case_context(tenant, case_id, epoch));
  return tenant_key.sealing().seal(key.text(), of);
}
Result<KeyBytes> open_case_key(const KeyBytes& tenant_key, std::string_view sealed, std::string_view tenant,
                               std::string_view case_id, std::uint64_t epoch) {
  SEAWALL_TRY(const std::string of, case_context(tenant, case_id, epoch));
  SEAWALL_TRY(std::string opened, tenant_key.sealing().open(sealed, of));
  return KeyBytes::take(std::move(opened));
}

Result<std::string> seal_record_key(const KeyBytes& case_key, const KeyBytes& key, const RecordName& name) {
  SEAWALL_TRY(const std::string of, record_context(name));
  return case_key.sealing().seal(key.text(), of);
}
Result<KeyBytes> open_record_key(const KeyBytes& case_key, std::string_view sealed, const RecordName& name) {
  SEAWALL_TRY(const std::string of, record_context(name));
  SEAWALL_TRY(std::string opened, case_key.sealing().open(sealed, of));
  return KeyBytes::take(std::move(opened));
}

}  // namespace seawall
