#include "seawall/base/line_reader.h"

#include <cstring>

namespace seawall {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr std::size_t kPeekBytes = 4096;

/// Whether the end of a line that is not blank is there.
bool holds_line(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first != std::string_view::npos && text.find('\n', first) != std::string_view::npos;
}

}  // namespace

LineReader::LineReader(ByteSource& source, std::size_t line_bytes_max)
    : source_(source), line_bytes_max_(line_bytes_max), buffer_(kBlockBytes + kPaddingBytes) {}

// Reads more behind filled_, moving the current line to the front first. False at the end.
Result<bool> LineReader::fill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
    filled_ -= begin_;
    next_ -= begin_;
    first_next_ -= std::min(first_next_, begin_);
    begin_ = 0;
  }
  if (filled_ + kPaddingBytes == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::span<char> room(buffer_.data() + filled_, buffer_.size() - kPaddingBytes - filled_);
  SEAWALL_TRY(const std::size_t count, source_.read(room));
  at_end_ = count == 0;
  filled_ += count;
  return !at_end_;
}

// Puts the offset of the '\n' (or of the end of the stream) of the line from begin_ + `from` into `end`, also
// from begin_. False when nothing is left.
Result<bool> LineReader::find_end(std::size_t from, std::size_t& end) {
  for (;;) {
    const char* start = buffer_.data() + begin_ + from;
    const std::size_t left = filled_ - begin_ - from;
    if (const void* found = left == 0 ? nullptr : std::memchr(start, '\n', left)) {
      end = from + static_cast<std::size_t>(static_cast<const char*>(found) - start);
      break;
    }
    from += left;
    if (from > line_bytes_max_) {
      end = from;
      break;
    }
    SEAWALL_TRY(const bool more, fill());
    if (more) continue;
    end = from;
    if (left == 0 && from == next_ - begin_) return false;
    break;
  }
  return true;
}

Result<void> LineReader::skip_line() {
  for (;;) {
    const char* start = buffer_.data() + begin_;
    if (const void* found = std::memchr(start, '\n', filled_ - begin_)) {
      next_ = begin_ + static_cast<std::size_t>(static_cast<const char*>(found) - start) + 1;
      first_next_ = next_;
      return {};
    }
    begin_ = next_ = filled_;
    SEAWALL_TRY(const bool more, fill());
    if (!more) return {};
  }
}

Result<bool> LineReader::next(std::span<char>& line) {
  line_number_ += lines_taken_;
  if (line_number_ == 0) line_number_ = 1;
  begin_ = first_next_ = next_;
  lines_taken_ = 0;
  std::size_t end = 0;
  SEAWALL_TRY(const bool any, find_end(0, end));
  if (!any) return false;
  lines_taken_ = 1;
  if (end > line_bytes_max_) {
    SEAWALL_CHECK(skip_line());
    return fail(Code::kLimitExceeded,
                "a line of more than " + std::to_string(line_bytes_max_) + " bytes, which is the limit");
  }
  next_ = std::min(begin_ + end + 1, filled_);
  first_next_ = next_;
  length_ = end;
  line = std::span(buffer_.data() + begin_, end);
  return true;
}

Result<bool> LineReader::extend(std::span<char>& line) {
  std::size_t end = 0;
  SEAWALL_TRY(const bool any, find_end(next_ - begin_, end));
  if (!any) {
    line = std::span(buffer_.data() + begin_, length_);
    return false;
  }
  if (end > line_bytes_max_) {
    return_to_first_line();
    return fail(Code::kLimitExceeded, "a row of more than " + std::to_string(line_bytes_max_) +
                                          " bytes, which is the limit (a quote that is never closed?)");
  }
  next_ = std::min(begin_ + end + 1, filled_);
  ++lines_taken_;
  length_ = end;
  line = std::span(buffer_.data() + begin_, end);
  return true;
}

void LineReader::return_to_first_line() {
  next_ = first_next_;
  lines_taken_ = 1;
}

Result<std::string_view> LineReader::peek() {
  begin_ = first_next_ = next_;
  // A line that is not blank is enough: whoever writes it may wait for an answer before the next.
  while (filled_ - begin_ < kPeekBytes &&
         !holds_line(std::string_view(buffer_.data() + begin_, filled_ - begin_))) {
    SEAWALL_TRY(const bool more, fill());
    if (!more) break;
  }
  return std::string_view(buffer_.data() + begin_, std::min(kPeekBytes, filled_ - begin_));
}

}  // namespace seawall
