#include "seawall/clip_match/detail/kept_bytes.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "seawall/base/unique_fd.h"

namespace seawall::clip_detail {
namespace {

tl::unexpected<Error> failed(const std::string& what) {
  return fail(Code::kUnavailable,
              what + " the file for listed videos: " + std::generic_category().message(errno));
}

Result<UniqueFd> nameless_file(const std::filesystem::path& folder) {
  std::string name = (folder / "prints-XXXXXX").string();
  UniqueFd file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) return failed("cannot make");
  (void)::unlink(name.c_str());
  return file;
}

Result<void> write_all(const UniqueFd& file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file.get(), bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return failed("cannot write");
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return {};
}

}  // namespace

Result<KeptBytes> KeptBytes::keep(std::vector<std::byte> bytes, const std::filesystem::path& folder) {
  KeptBytes kept;
  if (folder.empty() || bytes.size() < kMappedMin) {
    bytes.shrink_to_fit();
    kept.memory_ = std::move(bytes);
    return kept;
  }
  SEAWALL_TRY(const UniqueFd file, nameless_file(folder));
  SEAWALL_CHECK(write_all(file, bytes));
  void* const at = ::mmap(nullptr, bytes.size(), PROT_READ, MAP_SHARED, file.get(), 0);
  if (at == MAP_FAILED) return failed("cannot map");
  (void)::madvise(at, bytes.size(), MADV_RANDOM);
  kept.mapped_ = {static_cast<const std::byte*>(at), bytes.size()};
  return kept;
}

KeptBytes::KeptBytes(KeptBytes&& other) noexcept
    : memory_(std::move(other.memory_)), mapped_(std::exchange(other.mapped_, {})) {}

KeptBytes& KeptBytes::operator=(KeptBytes&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

KeptBytes::~KeptBytes() {
  if (is_mapped()) (void)::munmap(const_cast<std::byte*>(mapped_.data()), mapped_.size());
}

}  // namespace seawall::clip_detail
