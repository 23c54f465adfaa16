#pragma once

#include <cstdint>

namespace seawall {

/// Some bytes of a resource.
struct ByteRange {
  std::uint64_t first = 0;   ///< Below 2^62.
  std::uint64_t length = 0;  ///< 1 and more, below 2^62.
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

}  // namespace seawall
