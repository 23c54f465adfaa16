#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// Port: bytes in order, from a file, a pipe or memory. Threads: one.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills at most `out`; returns how many bytes, 0 only at the end. Blocks. Errors: kUnavailable.
  virtual Result<std::size_t> read(std::span<char> out) = 0;
};

/// Borrows a file descriptor.
class FdSource final : public ByteSource {
 public:
  explicit FdSource(int fd) : fd_(fd) {}
  Result<std::size_t> read(std::span<char> out) override;

 private:
  int fd_;
};

/// Borrows memory; gives it in pieces of at most `piece_bytes`, so that tests meet every boundary.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view text, std::size_t piece_bytes = 1 << 16)
      : text_(text), piece_bytes_(piece_bytes) {}
  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t count = std::min({text_.size(), out.size(), piece_bytes_});
    if (count > 0) std::memcpy(out.data(), text_.data(), count);
    text_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view text_;
  std::size_t piece_bytes_;
};

}  // namespace seawall
