#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "seawall/base/result.h"

namespace seawall {

/// Port: where a decoder puts the pixels of a frame. The worker hands out shared memory, so that pixels are
/// never copied between processes; HeapFrameMemory hands out the heap.
/// Threads: one decode at a time. Lifetime: a span lives until the next call of next() on the same object.
class FrameMemory {
 public:
  virtual ~FrameMemory() = default;
  /// `bytes` writable bytes with undefined content, at least 16-byte aligned; empty when there is no room.
  [[nodiscard]] virtual std::span<std::uint8_t> next(std::size_t bytes) = 0;
};

/// One heap block, kept and reused while it is large enough.
class HeapFrameMemory final : public FrameMemory {
 public:
  [[nodiscard]] std::span<std::uint8_t> next(std::size_t bytes) override;

 private:
  std::unique_ptr<std::uint8_t[]> block_;
  std::size_t block_bytes_ = 0;
};

/// kLimitExceeded with `memory_bytes_max` in words: for who is out of memory, or catches std::bad_alloc.
[[nodiscard]] tl::unexpected<Error> fail_memory(std::uint64_t memory_bytes_max);

}  // namespace seawall
