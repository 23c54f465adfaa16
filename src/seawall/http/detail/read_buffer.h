#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "seawall/net/secret.h"

namespace seawall {

/// Bytes that came and were not used yet. Takes no memory while empty(); zeroes what it held when it gives
/// memory back, since it may have held a body's beginning or a key.
class ReadBuffer {
 public:
  ReadBuffer() = default;
  ReadBuffer(const ReadBuffer&) = delete;
  ReadBuffer& operator=(const ReadBuffer&) = delete;
  ~ReadBuffer() { release(); }

  [[nodiscard]] bool empty() const { return from_ == to_; }
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(data_.get()) + from_, to_ - from_};
  }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_.get() + from_, to_ - from_}; }

  /// Room behind what it holds, so that it holds at most `bytes_max`; empty when it is full.
  [[nodiscard]] std::span<std::byte> room(std::size_t bytes_max) {
    const std::size_t held = to_ - from_;
    if (held >= bytes_max) return {};
    if (from_ > 0) move_to_front();
    if (to_ == size_) grow(std::min(bytes_max, std::max(kFirst, size_ * 4)));
    return {data_.get() + to_, std::min(size_, bytes_max) - to_};
  }
  void wrote(std::size_t count) { to_ += count; }
  void used(std::size_t count) {
    from_ += count;
    if (from_ == to_) release();
  }

 private:
  static constexpr std::size_t kFirst = 4096;

  void move_to_front() {
    std::memmove(data_.get(), data_.get() + from_, to_ - from_);
    wipe_bytes(data_.get() + (to_ - from_), from_);
    to_ -= from_;
    from_ = 0;
  }
  void grow(std::size_t size) {
    auto grown = std::make_unique_for_overwrite<std::byte[]>(size);
    const std::size_t held = to_;
    if (held > 0) std::memcpy(grown.get(), data_.get(), held);
    release();
    data_ = std::move(grown);
    to_ = held;
    size_ = size;
  }
  void release() {
    if (data_ != nullptr) wipe_bytes(data_.get(), to_);
    data_ = nullptr;
    from_ = to_ = size_ = 0;
  }

  std::unique_ptr<std::byte[]> data_;
  std::size_t from_ = 0, to_ = 0, size_ = 0;
};

}  // namespace seawall
