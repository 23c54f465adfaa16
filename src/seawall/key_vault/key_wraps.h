#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/crypto/sealing.h"
#include "seawall/root_key/root_key.h"

namespace seawall {

/// 32 secret bytes. Guarantees: zeroed at its end and where it is moved from; not copied, not printed.
class KeyBytes {
 public:
  static constexpr std::size_t kBytes = SealingKey::kBytes;

  /// Errors: kUnavailable.
  static Result<KeyBytes> make();
  /// Takes what was opened and zeroes it. Errors: kCorrupt (not 32 bytes).
  static Result<KeyBytes> take(std::string&& text);
  KeyBytes(KeyBytes&& other) noexcept;
  KeyBytes& operator=(KeyBytes&& other) noexcept;
  KeyBytes(const KeyBytes&) = delete;
  ~KeyBytes() { wipe(); }

  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  [[nodiscard]] SealingKey sealing() const { return SealingKey(bytes_); }

 private:
  KeyBytes() = default;
  void wipe();
  std::array<std::byte, kBytes> bytes_{};
};

/// Whose key a record's key is: it is sealed for exactly this, and opens for nothing else.
struct RecordName {
  std::string tenant;  ///< 1..kKeyNameBytesMax bytes each.
  std::string case_id;
  std::string record;
  std::uint64_t version = 1;  ///< Of the record: a record that is written anew gets a new key.
  friend bool operator==(const RecordName&, const RecordName&) = default;
};
inline constexpr std::size_t kKeyNameBytesMax = 96;
/// Errors: kInvalidInput.
Result<void> check_record_name(const RecordName& name);

/// Nonce, sealed key and tag of AES-256-GCM.
inline constexpr std::size_t kWrappedKeyBytes = 60;

/// Three wraps: a tenant's key by the root key, a case's by the tenant's, a record's by the case's. Each is
/// bound to what it is of. Errors: seal_... kUnavailable; open_... kCorrupt.
Result<std::string> seal_tenant_key(const RootKey& root, const KeyBytes& key, std::string_view tenant,
                                    std::uint64_t epoch);
Result<KeyBytes> open_tenant_key(const RootKey& root, std::string_view sealed, std::string_view tenant,
                                 std::uint64_t epoch);
Result<std::string> seal_case_key(const KeyBytes& tenant_key, const KeyBytes& key, std::string_view tenant,
                                  std::string_view case_id, std::uint64_t epoch);
Result<KeyBytes> open_case_key(const KeyBytes& tenant_key, std::string_view sealed, std::string_view tenant,
                               std::string_view case_id, std::uint64_t epoch);
Result<std::string> seal_record_key(const KeyBytes& case_key, const KeyBytes& key, const RecordName& name);
Result<KeyBytes> open_record_key(const KeyBytes& case_key, std::string_view sealed, const RecordName& name);

}  // namespace seawall
