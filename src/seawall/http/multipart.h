#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// One part of a form. All views lie in the body that was parsed.
struct FormPart {
  std::string_view name;                     ///< 1 to `name_bytes_max` bytes without quotes or backslashes.
  std::optional<std::string_view> filename;  ///< As it was sent, escapes included: untrusted, never a path.
  std::string_view content_type;             ///< Empty where none was sent: then it is text/plain.
  std::span<const std::byte> content;
};

struct MultipartLimits {
  std::size_t parts_max = 64;
  std::size_t part_header_bytes_max = 4096;
  std::size_t part_headers_max = 8;
  std::size_t name_bytes_max = 128;
};

/// Whether `content_type` is multipart/form-data, whatever its parameters.
[[nodiscard]] bool is_form_data(std::string_view content_type);

/// Takes a whole multipart/form-data body apart (RFC 7578), without copying any of it.
/// Strict, since what two parsers read differently hides content from one of them: nothing stands before the
/// first boundary or after the last, lines end in CRLF, each part has one Content-Disposition with one name,
/// no Content-Transfer-Encoding but 7bit, 8bit and binary, no nested multipart, no `filename*`. Names may
/// repeat. Errors: kInvalidInput, kLimitExceeded; the messages hold nothing of the body. Cost: one pass;
/// memory for the parts' views only. Lifetime: the parts see into `body`.
Result<std::vector<FormPart>> parse_form_data(std::string_view content_type, std::span<const std::byte> body,
                                              const MultipartLimits& limits);

}  // namespace seawall
