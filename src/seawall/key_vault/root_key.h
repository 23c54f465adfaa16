#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/crypto/sealing.h"

namespace seawall {

/// Port: the key under which a vault's tenant keys are kept. A token (PKCS #11) would be a second adapter.
/// Threads: any.
class RootKey {
 public:
  virtual ~RootKey() = default;
  /// `context`: what for; the same must be given to open. Errors: kUnavailable.
  virtual Result<std::string> seal(std::string_view text, std::string_view context) const = 0;
  /// Errors: kCorrupt (another key or context, or changed bytes), kUnavailable.
  virtual Result<std::string> open(std::string_view sealed, std::string_view context) const = 0;
};

/// A root key in a file that its owner alone may read: "root_key = <64 hex digits>".
class FileRootKey final : public RootKey {
 public:
  /// Errors: kNotFound, kInvalidInput (open to others, or no such key).
  static Result<std::unique_ptr<FileRootKey>> from_file(const std::string& path);
  /// A new key's file as text; write it where its owner alone reads it. Errors: kUnavailable.
  static Result<std::string> new_file_text();

  Result<std::string> seal(std::string_view text, std::string_view context) const override;
  Result<std::string> open(std::string_view sealed, std::string_view context) const override;

 private:
  explicit FileRootKey(std::span<const std::byte, SealingKey::kBytes> key) : key_(key) {}
  const SealingKey key_;
};

}  // namespace seawall
