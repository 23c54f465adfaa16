#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace seawall {

inline constexpr std::string_view kProblemType = "application/problem+json";

/// One fault of a request.
struct ProblemFault {
  std::string at;      ///< A JSON pointer into the body, `?name`, or a header's name.
  std::string detail;  ///< What is needed there.
};

/// A problem document (RFC 9457) in the shape that docs/openapi.yaml gives it.
/// `detail` says what to do and holds no bytes of media, no secret and no URL; it is UTF-8.
struct Problem {
  std::string type;  ///< "invalid-input"; written as "/problems/invalid-input".
  std::string title;
  int status = 500;
  std::string code;  ///< "invalid_input": base/codes.h, and the HTTP-only ones of docs/openapi.yaml.
  std::string detail;
  std::string request_id;            ///< Left out when empty.
  std::vector<ProblemFault> faults;  ///< The first kProblemFaultsMax are written.
};

inline constexpr std::size_t kProblemFaultsMax = 100;

/// The document on one line. Always valid JSON, whatever the texts hold.
[[nodiscard]] std::string to_json(const Problem& problem);

}  // namespace seawall
