#pragma once

#include <string>
#include <string_view>

#include "seawall/store/service_records.h"

namespace seawall {

/// MatchJob of docs/openapi.yaml on one line: the body of `GET /v1/match/{request_id}` and of the 202s.
[[nodiscard]] std::string to_json(const LookupJob& job);

/// MatchDone of docs/openapi.yaml, or a notice's own text: the body of the webhook of a finished job. The
/// same bytes at each attempt: it says nothing of attempts.
[[nodiscard]] std::string webhook_body(const LookupJob& job);
/// The header webhook-id: the same for every attempt and replay. At most 64 characters, none of them a dot.
[[nodiscard]] std::string webhook_id(const LookupJob& job);

/// Problem of docs/openapi.yaml (RFC 9457), for a look-up that failed. `type` as in "/problems/unavailable".
struct JobProblem {
  std::string_view type;
  std::string_view title;
  Code code = Code::kUnavailable;  ///< Gives the status and the name.
  std::string_view detail;         ///< Says what to do.
};
[[nodiscard]] std::string to_json(const JobProblem& problem, std::string_view request_id);

}  // namespace seawall
