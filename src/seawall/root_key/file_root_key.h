#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "seawall/crypto/sealing.h"
#include "seawall/root_key/root_key.h"

namespace seawall {

/// A root key in a file that its owner alone may read: "root_key = <64 hex digits>". Cost: microseconds.
class FileRootKey final : public RootKey {
 public:
  /// Errors: kNotFound, kInvalidInput (open to others, or no such key).
  static Result<std::unique_ptr<FileRootKey>> from_file(const std::string& path);
  /// A new key's file as text; write it where its owner alone reads it. Errors: kUnavailable.
  static Result<std::string> new_file_text();

  Result<std::string> seal(std::string_view text, std::string_view context) const override;
  Result<std::string> open(std::string_view sealed, std::string_view context) const override;
  /// "file:" and 32 hex digits of a digest under the key.
  [[nodiscard]] std::string name() const override { return name_; }

 private:
  explicit FileRootKey(std::span<const std::byte, SealingKey::kBytes> key);
  const SealingKey key_;
  const std::string name_;
};

}  // namespace seawall
