#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "seawall/base/byte_source.h"
#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"
#include "seawall/cli/console.h"

namespace seawall::cli {

/// Bytes of a descriptor until Ctrl-C or SIGTERM, which end a wait for a slow pipe, a terminal or a device
/// too. Borrows the descriptor. Threads: one.
class StoppableSource final : public ByteSource {
 public:
  explicit StoppableSource(int fd) : fd_(fd) {}
  /// Errors: kUnavailable, also when the program was told to stop.
  Result<std::size_t> read(std::span<char> out) override;

 private:
  int fd_;
};

/// Opens for reading without waiting for the writer of a FIFO: the first read waits for it. -1 and errno.
[[nodiscard]] UniqueFd open_input(const std::string& path);

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
  std::unique_ptr<StoppableSource> source_;
};

/// What errno says about opening or reading `path`, in words that say what to do.
[[nodiscard]] Error path_error(const std::string& path, int number);

/// Reads up to `bytes_max` bytes into `bytes`. Reading, not mapping: a file that shrinks meanwhile costs no
/// signal. Errors: kLimitExceeded, kUnavailable (also when the program was told to stop), kInvalidInput (a
/// folder).
Result<void> read_whole(int fd, const std::string& path, std::uint64_t bytes_max,
                        std::vector<std::byte>& bytes);

}  // namespace seawall::cli
