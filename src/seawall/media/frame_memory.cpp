#include "seawall/media/frame_memory.h"

#include <new>

namespace seawall {

std::span<std::uint8_t> HeapFrameMemory::next(std::size_t bytes) {
  if (bytes > block_bytes_) {
    block_.reset();
    block_.reset(new (std::nothrow) std::uint8_t[bytes]);
    block_bytes_ = block_ ? bytes : 0;
  }
  return {block_.get(), block_ ? bytes : 0};
}

}  // namespace seawall
