#include "seawall/index/detail/page_buffer.h"

#include <sys/mman.h>

#include <cstdint>
#include <utility>

namespace seawall::index_detail {
namespace {
constexpr std::size_t kHugePage = std::size_t{2} << 20;
}

PageBuffer::PageBuffer(PageBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapping_(std::exchange(other.mapping_, nullptr)),
      mapping_size_(std::exchange(other.mapping_size_, 0)) {}

PageBuffer& PageBuffer::operator=(PageBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(mapping_, other.mapping_);
  std::swap(mapping_size_, other.mapping_size_);
  return *this;
}

PageBuffer::~PageBuffer() {
  if (mapping_ != nullptr) ::munmap(mapping_, mapping_size_);
}

Result<PageBuffer> PageBuffer::allocate(std::size_t size_bytes, Pages pages) {
  PageBuffer buffer;
  if (size_bytes == 0) return buffer;
  const bool huge = pages == Pages::kLarge && size_bytes >= kHugePage;
  const std::size_t wanted = size_bytes + (huge ? kHugePage : 0);
  void* mapping =
      ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return fail(Code::kUnavailable, "the system has no memory left for the index");
  buffer.mapping_ = mapping;
  buffer.mapping_size_ = wanted;
  buffer.size_ = size_bytes;
  auto address = reinterpret_cast<std::uintptr_t>(mapping);
  if (huge) {
    const std::uintptr_t aligned = (address + kHugePage - 1) / kHugePage * kHugePage;
    buffer.data_ = static_cast<std::byte*>(mapping) + (aligned - address);
    (void)::madvise(buffer.data_, size_bytes, MADV_HUGEPAGE);  // Advice: without it all works, slower.
  } else {
    buffer.data_ = static_cast<std::byte*>(mapping);
  }
  return buffer;
}

}  // namespace seawall::index_detail
