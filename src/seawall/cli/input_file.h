#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "seawall/base/byte_source.h"
#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"
#include "seawall/cli/console.h"

namespace seawall::cli {

/// A file that a command reads from start to end; "-" is standard input.
class InputFile {
 public:
  /// Errors: kNotFound, kInvalidInput (a folder), kUnavailable; each says what to do.
  static Result<InputFile> open(const std::string& path, const Console& console);
  [[nodiscard]] ByteSource& source() { return *source_; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  UniqueFd owned_;
  int fd_ = -1;
  std::unique_ptr<FdSource> source_;
};

/// What errno says about opening or reading `path`, in words that say what to do.
[[nodiscard]] Error path_error(const std::string& path, int number);

/// Reads up to `bytes_max` bytes into `bytes`. Reading, not mapping: a file that shrinks meanwhile costs no
/// signal. Errors: kLimitExceeded, kUnavailable, kInvalidInput (a folder).
Result<void> read_whole(int fd, const std::string& path, std::uint64_t bytes_max,
                        std::vector<std::byte>& bytes);

}  // namespace seawall::cli
