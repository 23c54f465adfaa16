#include "seawall/net/secret.h"

#include <cstring>

namespace seawall {

void wipe_bytes(void* bytes, std::size_t size) {
  if (size > 0) ::explicit_bzero(bytes, size);
}

void Secret::wipe() {
  wipe_bytes(bytes_.data(), bytes_.size());
  bytes_.clear();
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
  }
  return *this;
}

}  // namespace seawall
