#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "seawall/base/byte_source.h"
#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"

namespace seawall {

/// Where a body goes while it arrives, and how much of it may.
struct SpoolLimits {
  std::uint64_t bytes_max = 16 << 20;
  std::uint64_t memory_bytes_max = 1 << 20;  ///< More than this goes to a file.
  std::string directory = "/var/tmp";
};

/// A body that has arrived, or is arriving: in memory while it is small, then in a temporary file that has
/// no name, so that nothing stays behind whatever ends the process.
/// Threads: one while it is filled; then any. Lifetime: outlives what open() gave.
class SpooledBody {
 public:
  explicit SpooledBody(SpoolLimits limits) : limits_(std::move(limits)) {}

  /// Errors: kLimitExceeded (bytes_max), kUnavailable (the directory: full, or not there).
  Result<void> append(std::string_view bytes);
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

  /// All of it from the start; as often as wanted, and side by side.
  [[nodiscard]] std::unique_ptr<ByteSource> open() const;
  /// All of it. Errors: kLimitExceeded above `bytes_max`, kUnavailable.
  [[nodiscard]] Result<std::string> text(std::uint64_t bytes_max) const;

 private:
  Result<void> move_to_file();

  SpoolLimits limits_;
  std::string memory_;
  UniqueFd file_;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace seawall
