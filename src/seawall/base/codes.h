#pragma once

#include <array>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// What one Code means outside the program: the single table from which the command line, the HTTP service
/// and docs/errors.md (checked by a test) take their numbers and names.
struct CodeMeaning {
  Code code;
  std::string_view name;  ///< As in JSON: {"error": {"code": name, "message": ...}}.
  int exit_code;
  int http_status;
  std::string_view advice;  ///< What the caller does about it.
};

inline constexpr std::array<CodeMeaning, 8> kCodeMeanings{{
    {Code::kInvalidInput, "invalid_input", 3, 400, "Correct the input; trying again cannot help."},
    {Code::kNotFound, "not_found", 3, 404, "Check the name or path."},
    {Code::kConflict, "conflict", 6, 409, "Wait for the other writer to end, or read again, then retry."},
    {Code::kLimitExceeded, "limit_exceeded", 3, 413, "The input passes a stated limit; make it smaller."},
    {Code::kUnavailable, "unavailable", 4, 503, "Something this needs did not answer; retry later."},
    {Code::kCorrupt, "corrupt", 5, 500, "Stored bytes fail their checks; an operator must look."},
    {Code::kUnsupported, "unsupported", 3, 415, "This kind of file is not read by this build."},
    {Code::kDecoderCrashed, "decoder_crashed", 3, 422, "The sandboxed decoder died on this file; report it."},
}};

/// The row of `code`. Every Code has one: the test walks them.
[[nodiscard]] constexpr const CodeMeaning& meaning_of(Code code) {
  for (const CodeMeaning& row : kCodeMeanings) {
    if (row.code == code) return row;
  }
  return kCodeMeanings[4];  // A value outside the enum: treat as unavailable rather than end the program.
}

}  // namespace seawall
