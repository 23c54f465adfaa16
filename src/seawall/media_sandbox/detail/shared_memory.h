#pragma once

#include <cstddef>
#include <span>

#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"

namespace seawall::media_sandbox {

/// Anonymous memory of a fixed size, shared with one worker. Sealed against any change of size, so that no
/// process can make another fault by cutting it. Sparse: pages cost memory only once touched. Left out of
/// core dumps.
/// Threads: none of its own. Lifetime: unmapped with the object.
class SharedMemory {
 public:
  enum class Access { kRead, kReadWrite };

  /// Touched memory that wipe() keeps for the next file.
  static constexpr std::size_t kKeptBytesMax = 64U << 20;

  SharedMemory() = default;
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&& other) noexcept;
  ~SharedMemory();

  /// Makes new memory of `bytes`, which must not be 0, mapped with `access`. With `others_read_only`, a
  /// process that is handed the descriptor can map it for reading only.
  static Result<SharedMemory> create(const char* name, std::size_t bytes, Access access,
                                     bool others_read_only);
  /// Maps the whole of `fd`, which was made by create() in another process.
  static Result<SharedMemory> attach(UniqueFd fd, Access access);

  [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// Sets `bytes` from `offset_bytes` (whole pages) on to zero: by writing as much as is worth keeping, by
  /// giving the rest back to the system where it can.
  void wipe(std::size_t offset_bytes, std::size_t bytes) const;

 private:
  Result<void> map(Access access, std::size_t bytes);
  UniqueFd fd_;
  std::span<std::byte> bytes_;
};

}  // namespace seawall::media_sandbox
