#pragma once

#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// Port: the key under which a vault's tenant keys are kept. Adapters: FileRootKey, TokenRootKey (module
/// pkcs11); pkcs11/root_key_conformance_test.cpp holds for both.
/// Guarantees: what was changed, or sealed by another key or for another `context`, does not open; a seal is
/// kRootSealBytesMore bytes longer than its text. Threads: any.
class RootKey {
 public:
  static constexpr std::size_t kTextBytesMax = 4096;
  static constexpr std::size_t kNameBytesMax = 300;

  virtual ~RootKey() = default;
  /// `text`: 1 to kTextBytesMax bytes. `context`: what for, at most kTextBytesMax bytes; the same must be
  /// given to open. Errors: kLimitExceeded, kUnavailable (no key, or not in time).
  virtual Result<std::string> seal(std::string_view text, std::string_view context) const = 0;
  /// Errors: kCorrupt (another key or context, or changed bytes), kUnavailable.
  virtual Result<std::string> open(std::string_view sealed, std::string_view context) const = 0;
  /// Which key it is, in printable ASCII of at most kNameBytesMax bytes, for people to sign; tells nothing of
  /// the key itself. The same at each start. Never blocks.
  [[nodiscard]] virtual std::string name() const = 0;
};
inline constexpr std::size_t kRootSealBytesMore = 28;  ///< A nonce of 12 bytes and a tag of 16.

}  // namespace seawall
