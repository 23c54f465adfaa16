#pragma once

#include <ostream>
#include <string_view>
#include <vector>

namespace seawall {

/// A password, key or token.
/// Guarantees: it cannot be streamed or compared with ==, so that neither a log line nor a test's message
/// shows it; its bytes lie on the heap, never in the object itself, and are zeroed at its end.
/// Does not guarantee: copies that others make (libcurl keeps one of each header while a request runs).
class Secret {
 public:
  static constexpr std::size_t kBytesMax = 16 * 1024;

  Secret() = default;
  explicit Secret(std::string_view text) : bytes_(text.begin(), text.end()) {}
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {}
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }

  /// The text itself: hand it to the one call that needs it, and keep nothing.
  [[nodiscard]] std::string_view reveal() const { return {bytes_.data(), bytes_.size()}; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  void wipe();

  std::vector<char> bytes_;
};

/// Zeroes `size` bytes in a way that the compiler keeps.
void wipe_bytes(void* bytes, std::size_t size);

}  // namespace seawall
