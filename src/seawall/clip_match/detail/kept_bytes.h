#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "seawall/base/result.h"

namespace seawall::clip_detail {

/// Bytes that do not change: in memory, or in a file without a name that is mapped, so that the system may
/// drop what is not read.
/// Threads: any.
class KeptBytes {
 public:
  static constexpr std::size_t kMappedMin = std::size_t{1} << 20;  ///< Fewer stay in memory.

  /// `folder`: where the file is made; empty: in memory. Errors: kUnavailable (no room, no such folder).
  static Result<KeptBytes> keep(std::vector<std::byte> bytes, const std::filesystem::path& folder);
  KeptBytes() = default;
  KeptBytes(KeptBytes&& other) noexcept;
  KeptBytes& operator=(KeptBytes&& other) noexcept;
  ~KeptBytes();

  [[nodiscard]] std::span<const std::byte> bytes() const {
    return mapped_.empty() ? std::span<const std::byte>(memory_) : mapped_;
  }
  [[nodiscard]] bool is_mapped() const { return !mapped_.empty(); }

 private:
  std::vector<std::byte> memory_;
  std::span<const std::byte> mapped_;
};

}  // namespace seawall::clip_detail
