#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/byte_source.h"

namespace seawall {

/// Walks through one JSON document of any length in bounded memory: the caller goes into the objects and
/// arrays that hold its records, captures each record whole and hands it to a real parser (JsonObjectReader),
/// and passes over the rest.
/// Guarantees: memory is at most twice value_bytes_max plus 512 KiB, whatever the document holds; brackets
/// are matched by kind everywhere, up to kDepthMax deep. Of what is captured or passed over only brackets,
/// strings' ends and single words are checked; names of members count as they are written, escapes and all.
/// A byte order mark at the start is passed over. After an error of the document the stream is of no more
/// use. Threads: one. Lifetime: the source must outlive it. Cost: memchr inside strings, a look at each byte
/// outside.
class JsonStream {
 public:
  static constexpr std::size_t kDepthMax = 1024;
  static constexpr std::size_t kKeyBytesMax = 1024;
  /// Bytes that can be read after what capture() gives.
  static constexpr std::size_t kPaddingBytes = 64;
  static constexpr std::size_t kValueBytesMax = 4 << 20;

  explicit JsonStream(ByteSource& source, std::size_t value_bytes_max = kValueBytesMax);

  /// The first character of the next value: '{', '[', '"', '-' or a digit, 't', 'f', 'n'.
  /// Errors of this and all below: kInvalidInput (not JSON; says at which byte, or that the document ends
  /// early), kLimitExceeded (names the limit), kUnavailable.
  Result<char> peek();

  /// Goes into the object or array that must come next.
  Result<void> open_object();
  Result<void> open_array();
  /// In an object: the name of its next member, valid until the next call; its value comes next and must be
  /// taken. False: the object is closed, and the stream is where it was before open_object().
  Result<bool> next_member(std::string_view& name);
  /// In an array: whether an element comes next, which must be taken. False: the array is closed.
  Result<bool> next_element();

  /// What capture() gave.
  struct Value {
    std::string_view text;   ///< As it stands there; valid until the next call.
    bool too_large = false;  ///< It has more than value_bytes_max bytes and was passed over; `text` is empty.
  };
  /// Takes the next value whole.
  Result<Value> capture();
  /// Takes the next value without keeping it, whatever its size.
  Result<void> skip();
  /// After the last value: that nothing but white space follows.
  Result<void> finish();

  /// Bytes before the current place.
  [[nodiscard]] std::uint64_t offset() const { return dropped_ + at_; }

 private:
  Result<bool> fill();
  Result<char> next_visible();
  Result<void> open(char bracket);
  Result<bool> next_item(char closing);
  Result<void> pass_value();
  Result<void> pass_string();
  Result<void> pass_word(char first);
  Result<void> pass_nested();
  Result<void> push(char closing);
  Result<void> pop(char closing);
  [[nodiscard]] tl::unexpected<Error> broken(std::string_view what) const;

  ByteSource& source_;
  std::size_t value_bytes_max_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;      // The next byte to look at.
  std::size_t filled_ = 0;  // Bytes in the buffer.
  std::uint64_t dropped_ = 0;
  bool at_end_ = false;
  bool keeping_ = false;       // Between the start of a captured value and its end:
  std::size_t kept_from_ = 0;  // where it starts.
  bool overflowed_ = false;    // It passed the limit and is no longer kept.
  bool first_ = true;          // No item of the innermost open bracket was taken yet.
  std::size_t depth_ = 0;
  std::array<char, kDepthMax> closings_{};  // Of the open brackets.
};

/// The text of a captured string, or of any other captured value as it stands there. For single values of an
/// envelope, not for hot paths. Errors: kInvalidInput (a string that is not JSON or not UTF-8).
Result<std::string> json_value_text(std::string_view captured);

}  // namespace seawall
