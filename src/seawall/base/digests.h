#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace seawall {

/// Cryptographic digests of a file's bytes.
using Md5 = std::array<std::byte, 16>;
using Sha1 = std::array<std::byte, 20>;
using Sha256 = std::array<std::byte, 32>;
struct FileDigests {
  Md5 md5{};
  Sha1 sha1{};
  Sha256 sha256{};
  std::uint64_t size_bytes = 0;
  friend bool operator==(const FileDigests&, const FileDigests&) = default;
};

}  // namespace seawall
