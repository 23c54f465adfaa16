#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace seawall {

/// The whole body of one request, in memory only.
/// Guarantees: holds at most `bytes_max`. A secret body lies in pages of its own that are left out of core
/// dumps (MADV_DONTDUMP) and of children (MADV_DONTFORK), locked out of swap as far as RLIMIT_MEMLOCK allows
/// (is_locked() tells), and zeroed before they are given back. Memory follows what has come, not what
/// Content-Length promised: a promise alone costs address space.
/// Threads: one at a time; may be handed to another. Lifetime: views end with it and with each append.
/// Cost: a secret body about 5 system calls; another one heap memory that doubles.
class BodyBytes {
 public:
  BodyBytes() = default;  ///< Empty, and takes nothing.
  BodyBytes(std::size_t bytes_max, bool secret) : bytes_max_(bytes_max), secret_(secret) {}
  BodyBytes(BodyBytes&& other) noexcept;
  BodyBytes& operator=(BodyBytes&& other) noexcept;
  ~BodyBytes() { release(); }

  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }
  [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool is_secret() const { return secret_; }
  /// Whether all of a secret body is locked out of swap.
  [[nodiscard]] bool is_locked() const { return secret_ && all_locked_; }

  /// Room for the next bytes, 1 to `wanted` of them; empty when bytes_max is reached or there is no memory.
  [[nodiscard]] std::span<std::byte> room(std::size_t wanted);
  /// Counts `count` bytes written to the start of room() as the body's.
  void wrote(std::size_t count);
  /// Whether all of `bytes` fitted.
  [[nodiscard]] bool append(std::span<const std::byte> bytes);
  [[nodiscard]] bool is_full() const { return size_ == bytes_max_; }

 private:
  void swap(BodyBytes& other) noexcept;
  void release();
  bool reserve_heap(std::size_t wanted);
  bool reserve_pages(std::size_t wanted);

  std::byte* data_ = nullptr;
  std::size_t size_ = 0, usable_ = 0, mapped_ = 0, bytes_max_ = 0;
  bool secret_ = false, all_locked_ = true;
};

}  // namespace seawall
