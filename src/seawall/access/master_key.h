#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/crypto/sealing.h"
#include "seawall/net/credentials.h"
#include "seawall/net/secret.h"

namespace seawall {

/// The one secret that lies outside the database: 256 bits from a file that its owner alone may read
/// ("access_key = ...") or from the environment (SEAWALL_ACCESS_KEY), as net/credentials.h reads them. Second
/// factors are sealed with a key made of it, and secrets of webhooks are made of it.
/// Whoever loses it must set all second factors anew; keys and passwords are not touched.
/// Threads: const functions, any. Zeroed at its end.
class MasterKey {
 public:
  static constexpr std::string_view kName = "access_key";

  /// Base64 of 32 bytes under kName. Errors: kInvalidInput, with the command that makes one.
  static Result<MasterKey> from(const Credentials& credentials);
  /// The text of a new one, for the file. Errors: kUnavailable.
  static Result<Secret> new_text();
  MasterKey(MasterKey&& other) noexcept : bytes_(other.bytes_) {}
  MasterKey& operator=(MasterKey&&) = delete;
  ~MasterKey() { wipe_bytes(bytes_.data(), bytes_.size()); }

  /// A key of its own for each purpose: HMAC-SHA256 of the purpose, as HKDF-Expand (RFC 5869) for one block.
  [[nodiscard]] Sha256 derive(std::string_view purpose) const;

 private:
  MasterKey() = default;
  std::array<std::byte, 32> bytes_{};
};

}  // namespace seawall
