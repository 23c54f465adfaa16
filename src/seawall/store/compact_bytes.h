#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// Appends values in the compact form of docs/formats/list-version.md: a number is LEB128 of least length,
/// text is its length and its bytes, a time is the zigzag number of its milliseconds.
class CompactWriter {
 public:
  explicit CompactWriter(std::string& out) : out_(out) {}
  CompactWriter& number(std::uint64_t value);
  CompactWriter& text(std::string_view text);
  CompactWriter& raw(std::string_view bytes);
  CompactWriter& raw(std::span<const std::byte> bytes);
  CompactWriter& time(Time time);
  /// A number 0, or 1 and the time.
  CompactWriter& time(const std::optional<Time>& time);

 private:
  std::string& out_;
};

/// Reads what CompactWriter wrote, and only that: a number that is not of least length, or text past the
/// end, makes it bad; then everything reads as nothing and bad() stays true.
/// Lifetime: views are into the bytes given.
class CompactReader {
 public:
  explicit CompactReader(std::string_view bytes) : left_(bytes) {}
  std::uint64_t number();
  /// A number of at most `most`; else bad.
  std::uint64_t number_up_to(std::uint64_t most);
  /// Text of at most `bytes_max` bytes; else bad.
  std::string_view text(std::size_t bytes_max);
  std::string_view raw(std::size_t bytes);
  /// Fills `out`; left as it was when bad.
  void raw(std::span<std::byte> out);
  /// All that is left.
  std::string_view rest();
  Time time();
  std::optional<Time> maybe_time();

  [[nodiscard]] bool bad() const { return bad_; }
  [[nodiscard]] bool at_end() const { return left_.empty(); }
  void set_bad() {
    bad_ = true;
    left_ = {};
  }

 private:
  std::string_view left_;
  bool bad_ = false;
};

}  // namespace seawall
