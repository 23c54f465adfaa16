#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "seawall/base/result.h"

namespace seawall::index_detail {

/// Zeroed anonymous memory, aligned to 2 MB where it is larger than that, and advised to be backed by 2 MB
/// pages: random look-ups in gigabytes are bound by address translation otherwise (docs/index.md). Where the
/// kernel gives no such pages everything works on 4 KB ones, slower. Pages that are never touched cost
/// nothing.
class PageBuffer {
 public:
  PageBuffer() = default;
  PageBuffer(PageBuffer&& other) noexcept;
  PageBuffer& operator=(PageBuffer&& other) noexcept;
  ~PageBuffer();

  enum class Pages : std::uint8_t {
    kLarge,      ///< 2 MB where the system has them: for what is filled and searched at random.
    kAsTouched,  ///< 4 KB: for what may stay mostly empty.
  };
  /// Errors: kUnavailable when the system refuses the memory.
  static Result<PageBuffer> allocate(std::size_t size_bytes, Pages pages = Pages::kLarge);

  /// Makes it end earlier; what lies beyond must not have been touched. At most its size.
  void shrink(std::size_t size_bytes) { size_ = size_bytes; }

  [[nodiscard]] std::span<std::byte> bytes() const { return {data_, size_}; }

  /// The buffer seen as `count` values of T from byte `offset` on; offset must be a multiple of alignof(T).
  template <class T>
  [[nodiscard]] std::span<T> values(std::size_t offset, std::size_t count) const {
    return {reinterpret_cast<T*>(data_ + offset), count};
  }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  void* mapping_ = nullptr;
  std::size_t mapping_size_ = 0;
};

}  // namespace seawall::index_detail
