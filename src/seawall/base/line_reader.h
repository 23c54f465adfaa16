#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "seawall/base/byte_source.h"

namespace seawall {

/// Cuts a byte stream into lines in bounded memory. A line ends at '\n' or at the end of the stream; a '\r'
/// before it is part of the line.
/// Guarantees: at least kPaddingBytes readable bytes follow each line in memory; a line over the limit is an
/// error for that line only.
/// Threads: one. Lifetime: the source must outlive it. Cost: one memchr a line, no copy but at block ends.
class LineReader {
 public:
  static constexpr std::size_t kPaddingBytes = 64;
  static constexpr std::size_t kLineBytesMax = 1 << 20;

  explicit LineReader(ByteSource& source, std::size_t line_bytes_max = kLineBytesMax);

  /// The next line without its '\n', valid until the next call; writable, so that a parser can unescape in
  /// place. False at the end. Errors: kLimitExceeded (the line is skipped; go on with next()), kUnavailable.
  Result<bool> next(std::span<char>& line);
  /// The current line together with the one after it, '\n' between. False at the end of the stream: `line` is
  /// then as before. Errors: as next().
  Result<bool> extend(std::span<char>& line);
  /// After extend(): the next next() begins after the first line again.
  void return_to_first_line();
  /// Up to 4 KiB from the start of what is unread, without taking it.
  Result<std::string_view> peek();

  /// Number of the current line (of its first one after extend()), from 1.
  [[nodiscard]] std::uint64_t line_number() const { return line_number_; }

 private:
  Result<bool> find_end(std::size_t from, std::size_t& end);
  Result<void> skip_line();
  Result<bool> fill();

  ByteSource& source_;
  std::size_t line_bytes_max_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;       // Of the current line.
  std::size_t next_ = 0;        // After the current line's '\n'.
  std::size_t first_next_ = 0;  // After the first line's '\n', for return_to_first_line().
  std::size_t length_ = 0;      // Of the current line, without its '\n'.
  std::size_t filled_ = 0;
  bool at_end_ = false;
  std::uint64_t line_number_ = 0;
  std::uint64_t lines_taken_ = 0;  // Lines that the current one spans.
};

}  // namespace seawall
