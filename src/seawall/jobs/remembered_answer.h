#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// An answer as it went out, to go out again.
struct RememberedAnswer {
  static constexpr std::size_t kBodyBytesMax = 1 << 20;
  static constexpr std::size_t kHeadBytesMax = 16 * 1024;
  static constexpr std::size_t kHeadersMax = 32;

  int status = 0;
  std::string content_type;  ///< Empty: the answer has none.
  /// Those that are part of what was answered: `Location`, `ETag`. Not those of one request: X-Request-Id,
  /// RateLimit, Date.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  friend bool operator==(const RememberedAnswer&, const RememberedAnswer&) = default;
};

/// All but the status in one text, which is sealed then. Errors: kLimitExceeded (the body, the head),
/// kInvalidInput (a header's name or value with a line end, a blank or a colon in a name).
Result<std::string> to_text(const RememberedAnswer& answer);
/// The text's answer, with that status: remembered_answer_from_text(s, to_text(a)) = a. Errors: kCorrupt.
Result<RememberedAnswer> remembered_answer_from_text(int status, std::string_view text);

}  // namespace seawall
