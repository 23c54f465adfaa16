#include "seawall/media/frame_memory.h"

#include <new>
#include <string>

namespace seawall {

std::span<std::uint8_t> HeapFrameMemory::next(std::size_t bytes) {
  if (bytes > block_bytes_) {
    block_.reset();
    block_.reset(new (std::nothrow) std::uint8_t[bytes]);
    block_bytes_ = block_ ? bytes : 0;
  }
  return {block_.get(), block_ ? bytes : 0};
}

tl::unexpected<Error> fail_memory(std::uint64_t memory_bytes_max) {
  return fail(Code::kLimitExceeded, "decoding needs more memory than the limit of " +
                                        std::to_string(memory_bytes_max >> 20) + " MiB");
}

}  // namespace seawall
