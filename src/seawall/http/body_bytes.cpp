#include "seawall/http/body_bytes.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "seawall/net/secret.h"

namespace seawall {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kFirstPages = 64 * 1024;
constexpr std::size_t kStepMax = 4 << 20;

std::size_t whole_pages(std::size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

}  // namespace

BodyBytes::BodyBytes(BodyBytes&& other) noexcept { swap(other); }

BodyBytes& BodyBytes::operator=(BodyBytes&& other) noexcept {
  if (this != &other) {
    BodyBytes taken(std::move(other));
    swap(taken);
  }
  return *this;
}

void BodyBytes::swap(BodyBytes& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(usable_, other.usable_);
  std::swap(mapped_, other.mapped_);
  std::swap(bytes_max_, other.bytes_max_);
  std::swap(secret_, other.secret_);
  std::swap(all_locked_, other.all_locked_);
}

void BodyBytes::release() {
  if (data_ == nullptr) return;
  if (secret_) {
    wipe_bytes(data_, size_);
    ::munmap(data_, mapped_);
  } else {
    std::free(data_);
  }
  data_ = nullptr;
}

bool BodyBytes::reserve_heap(std::size_t wanted) {
  const auto bytes = std::min(bytes_max_, std::max({std::size_t{1024}, size_ + wanted, usable_ * 2}));
  auto* grown = static_cast<std::byte*>(std::realloc(data_, bytes));
  if (grown == nullptr) return false;
  data_ = grown;
  usable_ = bytes;
  return true;
}

bool BodyBytes::reserve_pages(std::size_t wanted) {
  if (data_ == nullptr) {
    mapped_ = whole_pages(bytes_max_);
    void* mapping = ::mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED) return false;
    data_ = static_cast<std::byte*>(mapping);
    ::madvise(data_, mapped_, MADV_DONTDUMP);
    ::madvise(data_, mapped_, MADV_DONTFORK);
  }
  const auto step = std::max({wanted, std::min(usable_, kStepMax), kFirstPages});
  const auto end = std::min(whole_pages(usable_ + step), mapped_);
  if (::mprotect(data_ + usable_, end - usable_, PROT_READ | PROT_WRITE) != 0) return false;
  if (::mlock(data_ + usable_, end - usable_) != 0) all_locked_ = false;
  usable_ = end;
  return true;
}

std::span<std::byte> BodyBytes::room(std::size_t wanted) {
  wanted = std::min(wanted, bytes_max_ - size_);
  if (wanted == 0) return {};
  if (size_ == usable_) {
    // A sender that promises much gets what it has sent again, or a little to begin with.
    const auto step = std::min(wanted, std::max(kFirstPages, std::min(size_, kStepMax)));
    if (!(secret_ ? reserve_pages(step) : reserve_heap(step))) return {};
  }
  return {data_ + size_, std::min(wanted, usable_ - size_)};
}

void BodyBytes::wrote(std::size_t count) {
  assert(count <= usable_ - size_);
  size_ += count;
}

bool BodyBytes::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto to = room(bytes.size());
    if (to.empty()) return false;
    std::memcpy(to.data(), bytes.data(), to.size());
    wrote(to.size());
    bytes = bytes.subspan(to.size());
  }
  return true;
}

}  // namespace seawall
