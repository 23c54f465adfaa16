#include "seawall/json/stream.h"

#include <algorithm>
#include <cstring>

#include "seawall/json/object_reader.h"

namespace seawall {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr std::size_t kWordBytesMax = 512;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
static_assert(JsonStream::kPaddingBytes >= JsonObjectReader::kPaddingBytes);

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool ends_word(char c) { return is_space(c) || c == ',' || c == ']' || c == '}' || c == ':'; }

std::size_t take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const std::size_t digits = take_digits(text);
  if (digits == 0 || (zero && digits > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (take_digits(text) == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (take_digits(text) == 0) return false;
  }
  return text.empty();
}

// Whether the character after [begin, end) is escaped by the backslashes that end it.
bool ends_in_escape(const char* begin, const char* end) {
  const char* at = end;
  while (at != begin && at[-1] == '\\') --at;
  return (end - at) % 2 != 0;
}

}  // namespace

JsonStream::JsonStream(ByteSource& source, std::size_t value_bytes_max)
    : source_(source), value_bytes_max_(value_bytes_max), buffer_(kBlockBytes + kPaddingBytes) {}

tl::unexpected<Error> JsonStream::broken(std::string_view what) const {
  return fail(Code::kInvalidInput, "not JSON: " + std::string(what) + " at byte " + std::to_string(offset()));
}

// Reads more behind filled_; what lies before at_ goes, unless it is being kept. False at the end.
Result<bool> JsonStream::fill() {
  if (at_end_) return false;
  if (keeping_ && at_ - kept_from_ > value_bytes_max_) {
    keeping_ = false;
    overflowed_ = true;
  }
  const std::size_t from = keeping_ ? kept_from_ : at_;
  if (from > 0) {
    std::memmove(buffer_.data(), buffer_.data() + from, filled_ - from);
    filled_ -= from;
    at_ -= from;
    dropped_ += from;
    kept_from_ = 0;
  }
  if (filled_ + kPaddingBytes == buffer_.size())
    buffer_.resize(2 * (buffer_.size() - kPaddingBytes) + kPaddingBytes);
  const std::span<char> room(buffer_.data() + filled_, buffer_.size() - kPaddingBytes - filled_);
  SEAWALL_TRY(const std::size_t count, source_.read(room));
  at_end_ = count == 0;
  filled_ += count;
  return !at_end_;
}

// The next byte that is not white space, without taking it.
Result<char> JsonStream::next_visible() {
  if (dropped_ == 0 && at_ == 0) {
    while (filled_ < kByteOrderMark.size()) {
      SEAWALL_TRY(const bool more, fill());
      if (!more) break;
    }
    if (std::string_view(buffer_.data(), filled_).starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }
  for (;;) {
    while (at_ < filled_ && is_space(buffer_[at_])) ++at_;
    if (at_ < filled_) return buffer_[at_];
    SEAWALL_TRY(const bool more, fill());
    if (!more) return broken("the document ends early");
  }
}

Result<char> JsonStream::peek() {
  SEAWALL_TRY(const char c, next_visible());
  if (std::string_view("{[\"-tfn").find(c) == std::string_view::npos && !is_digit(c)) {
    return broken("no value");
  }
  return c;
}

Result<void> JsonStream::push(char closing) {
  if (depth_ == kDepthMax) {
    return fail(Code::kLimitExceeded, "JSON nested deeper than " + std::to_string(kDepthMax) +
                                          " levels at byte " + std::to_string(offset()));
  }
  closings_[depth_++] = closing;
  return {};
}

Result<void> JsonStream::pop(char closing) {
  if (depth_ == 0 || closings_[depth_ - 1] != closing) return broken("a bracket that closes nothing");
  --depth_;
  return {};
}

Result<void> JsonStream::open(char bracket) {
  SEAWALL_TRY(const char c, next_visible());
  if (c != bracket) return broken(bracket == '{' ? "no object" : "no array");
  SEAWALL_CHECK(push(bracket == '{' ? '}' : ']'));
  ++at_;
  first_ = true;
  return {};
}

Result<void> JsonStream::open_object() { return open('{'); }
Result<void> JsonStream::open_array() { return open('['); }

// Takes the comma before the next item, or the bracket after the last.
Result<bool> JsonStream::next_item(char closing) {
  SEAWALL_TRY(char c, next_visible());
  if (c == closing) {
    SEAWALL_CHECK(pop(closing));
    ++at_;
    first_ = false;
    return false;
  }
  if (!first_) {
    if (c != ',') return broken("no comma");
    ++at_;
    SEAWALL_TRY(c, next_visible());
    if (c == closing) return broken("a comma before a closing bracket");
  }
  first_ = false;
  return true;
}

Result<bool> JsonStream::next_member(std::string_view& name) {
  SEAWALL_TRY(const bool any, next_item('}'));
  if (!any) return false;
  SEAWALL_TRY(const char quote, next_visible());
  if (quote != '"') return broken("no name of a member");
  keeping_ = true;
  kept_from_ = at_;
  overflowed_ = false;
  SEAWALL_CHECK(pass_string());
  const std::size_t length = at_ - kept_from_;
  if (overflowed_ || length > kKeyBytesMax) {
    return fail(Code::kLimitExceeded, "the name of a member has more than " + std::to_string(kKeyBytesMax) +
                                          " bytes at byte " + std::to_string(offset()));
  }
  SEAWALL_TRY(const char colon, next_visible());
  if (colon != ':' || overflowed_) return broken("no colon");
  name = std::string_view(buffer_.data() + kept_from_ + 1, length - 2);
  keeping_ = false;
  ++at_;
  return true;
}

Result<bool> JsonStream::next_element() { return next_item(']'); }

// From the opening quote to behind the closing one.
Result<void> JsonStream::pass_string() {
  ++at_;
  bool escaped = false;
  for (;;) {
    if (at_ == filled_) {
      SEAWALL_TRY(const bool more, fill());
      if (!more) return broken("the document ends inside a string");
    }
    if (escaped) {
      ++at_;
      escaped = false;
      continue;
    }
    const char* begin = buffer_.data() + at_;
    const char* end = buffer_.data() + filled_;
    const void* found = std::memchr(begin, '"', static_cast<std::size_t>(end - begin));
    const char* quote = found == nullptr ? end : static_cast<const char*>(found);
    escaped = ends_in_escape(begin, quote);
    at_ = static_cast<std::size_t>(quote - buffer_.data());
    if (found != nullptr && !escaped) {
      ++at_;
      return {};
    }
  }
}

Result<void> JsonStream::pass_word(char first) {
  char word[kWordBytesMax];
  std::size_t length = 0;
  for (;;) {
    if (at_ == filled_) {
      SEAWALL_TRY(const bool more, fill());
      if (!more) break;
    }
    if (ends_word(buffer_[at_])) break;
    if (length == kWordBytesMax) return broken("a number or word of no end");
    word[length++] = buffer_[at_++];
  }
  const std::string_view text(word, length);
  const bool known = first == 't'   ? text == "true"
                     : first == 'f' ? text == "false"
                     : first == 'n' ? text == "null"
                                    : is_number(text);
  if (!known) return broken("neither a number nor true, false or null");
  return {};
}

// From an opening bracket to behind the one that closes it.
Result<void> JsonStream::pass_nested() {
  const std::size_t outside = depth_;
  do {
    if (at_ == filled_) {
      SEAWALL_TRY(const bool more, fill());
      if (!more) return broken("the document ends inside a bracket");
    }
    switch (const char c = buffer_[at_]) {
      case '"':
        SEAWALL_CHECK(pass_string());
        continue;
      case '{':
      case '[':
        SEAWALL_CHECK(push(c == '{' ? '}' : ']'));
        break;
      case '}':
      case ']':
        SEAWALL_CHECK(pop(c));
        break;
      default:
        break;
    }
    ++at_;
  } while (depth_ > outside);
  return {};
}

Result<void> JsonStream::pass_value() {
  SEAWALL_TRY(const char c, peek());
  if (c == '"') return pass_string();
  if (c == '{' || c == '[') return pass_nested();
  return pass_word(c);
}

Result<void> JsonStream::skip() { return pass_value(); }

Result<JsonStream::Value> JsonStream::capture() {
  SEAWALL_CHECK(peek());
  keeping_ = true;
  kept_from_ = at_;
  overflowed_ = false;
  auto passed = pass_value();
  keeping_ = false;
  if (!passed) return tl::unexpected(std::move(passed).error());
  if (overflowed_ || at_ - kept_from_ > value_bytes_max_) return Value{{}, true};
  return Value{std::string_view(buffer_.data() + kept_from_, at_ - kept_from_), false};
}

Result<void> JsonStream::finish() {
  for (;;) {
    while (at_ < filled_ && is_space(buffer_[at_])) ++at_;
    if (at_ < filled_) return broken("something after the end of the document");
    SEAWALL_TRY(const bool more, fill());
    if (!more) return {};
  }
}

Result<std::string> json_value_text(std::string_view captured) {
  if (!captured.starts_with('"')) return std::string(captured);
  std::string line = "{\"v\":";
  line.append(captured).append("}");
  const std::size_t length = line.size();
  line.append(JsonObjectReader::kPaddingBytes, ' ');
  JsonObjectReader reader;
  std::string text;
  SEAWALL_CHECK(
      reader.read(std::string_view(line).substr(0, length), [&](const JsonMember& member) -> Result<void> {
        text = member.text;
        return {};
      }));
  return text;
}

}  // namespace seawall
