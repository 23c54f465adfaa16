#include "seawall/media_sandbox/detail/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "seawall/media_sandbox/detail/errno_error.h"

namespace seawall::media_sandbox {

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : fd_(std::move(other.fd_)), bytes_(std::exchange(other.bytes_, {})) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

SharedMemory::~SharedMemory() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

Result<SharedMemory> SharedMemory::create(const char* name, std::size_t bytes, Access access,
                                          bool others_read_only) {
  SharedMemory memory;
  memory.fd_ = UniqueFd(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.fd_) return fail_errno("memfd_create", errno);
  if (::ftruncate(memory.fd_.get(), static_cast<off_t>(bytes)) != 0) return fail_errno("ftruncate", errno);
  if (auto mapped = memory.map(access, bytes); !mapped) return tl::unexpected(std::move(mapped).error());
  const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  // Kernels before 5.1 do not know the seal against future writers; there the worker maps for reading by
  // choice.
  if (others_read_only && ::fcntl(memory.fd_.get(), F_ADD_SEALS, seals | F_SEAL_FUTURE_WRITE) == 0)
    return memory;
  if (::fcntl(memory.fd_.get(), F_ADD_SEALS, seals) != 0) return fail_errno("sealing memory", errno);
  return memory;
}

Result<SharedMemory> SharedMemory::attach(UniqueFd fd, Access access) {
  SharedMemory memory;
  memory.fd_ = std::move(fd);
  struct stat facts {};
  if (::fstat(memory.fd_.get(), &facts) != 0) return fail_errno("fstat of shared memory", errno);
  if (facts.st_size <= 0) return fail(Code::kUnavailable, "the shared memory is empty");
  if (auto mapped = memory.map(access, static_cast<std::size_t>(facts.st_size)); !mapped) {
    return tl::unexpected(std::move(mapped).error());
  }
  return memory;
}

Result<void> SharedMemory::map(Access access, std::size_t bytes) {
  const int protection = access == Access::kRead ? PROT_READ : PROT_READ | PROT_WRITE;
  void* at = ::mmap(nullptr, bytes, protection, MAP_SHARED | MAP_NORESERVE, fd_.get(), 0);
  if (at == MAP_FAILED) return fail_errno("mapping shared memory", errno);
  bytes_ = {static_cast<std::byte*>(at), bytes};
  ::madvise(at, bytes, MADV_DONTDUMP);
  return {};
}

void SharedMemory::wipe(std::size_t offset_bytes, std::size_t bytes) const {
  const auto used = bytes_.subspan(offset_bytes, std::min(bytes, bytes_.size() - offset_bytes));
  const auto kept = used.first(std::min(used.size(), kKeptBytesMax));
  std::memset(kept.data(), 0, kept.size());
  const auto rest = used.subspan(kept.size());
  if (rest.empty()) return;
  // Memory that others may only read cannot be given back (the seal forbids it), only overwritten.
  if (::madvise(rest.data(), rest.size(), MADV_REMOVE) != 0) std::memset(rest.data(), 0, rest.size());
}

}  // namespace seawall::media_sandbox
