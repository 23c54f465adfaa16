#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/playlist/hls.h"

namespace seawall {

/// The largest number that positions and sizes are read up to: sums of two stay below 2^63.
inline constexpr std::uint64_t kHlsNumberMax = (std::uint64_t{1} << 62) - 1;

/// Digits alone, at most kHlsNumberMax.
[[nodiscard]] std::optional<std::uint64_t> hls_number(std::string_view text);
/// "6", "6.006": 0 to a day.
[[nodiscard]] std::optional<std::chrono::microseconds> hls_duration(std::string_view text);
/// "<length>[@<first>]". `first` is none where it is not written.
struct HlsRangeText {
  std::uint64_t length = 0;
  std::optional<std::uint64_t> first;
};
[[nodiscard]] std::optional<HlsRangeText> hls_range(std::string_view text);
/// "0x" and at most 32 hex digits, as a number of 128 bits.
[[nodiscard]] std::optional<std::array<std::byte, 16>> hls_iv(std::string_view text);
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// Variables of EXT-X-DEFINE. Source: draft-pantos-hls-rfc8216bis section 4.3.
class HlsVariables {
 public:
  /// Errors: kInvalidInput (a name that is not one, or is taken); kLimitExceeded.
  Result<void> set(std::string_view name, std::string_view value);
  /// `text` with each "{$name}" filled in, once. Errors: kInvalidInput (not defined); kLimitExceeded.
  [[nodiscard]] Result<std::string> filled(std::string_view text) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const { return values_; }

 private:
  [[nodiscard]] const std::string* find(std::string_view name) const;

  std::vector<std::pair<std::string, std::string>> values_;
};

/// "NAME=value,NAME="text"": section 4.2 of RFC 8216. Blanks around commas are passed over; of a name that
/// stands twice the first counts.
class HlsAttributes {
 public:
  /// `variables`: filled in; null: none are.
  /// Errors: kInvalidInput (a text without its end, an undefined variable); kLimitExceeded.
  static Result<HlsAttributes> from_text(std::string_view text, const HlsVariables* variables);
  /// The value, without quotes; empty: not there.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, std::string>> pairs_;
};

}  // namespace seawall
