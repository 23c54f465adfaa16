#pragma once

#include <optional>
#include <string>

#include "seawall/api/json_fields.h"
#include "seawall/public_report/report_page.h"
#include "seawall/review/review_book.h"

namespace seawall {

/// What docs/openapi.yaml has as the JSON bodies of review. Each reader takes a body as PaddedBody gives it.
/// Errors: what is needed, and where. Pure.

/// ReviewGrading. `quarantine` goes with not-a-match and a reason.
JsonRead<GradeAsk> grading_from_json(std::string_view body);
/// ReviewViewing.
JsonRead<ReviewViewing> viewing_from_json(std::string_view body);

/// ExposureLimitsAsk and ReviewSettingsAsk: what is not named stays.
struct LimitsAsk {
  std::optional<std::int64_t> stills, stills_high, stills_hour, reveal_s, reveal_high_s, reveal_hour_s;
  std::string why;
  [[nodiscard]] ExposureLimits over(ExposureLimits limits) const;
};
JsonRead<LimitsAsk> own_limits_from_json(std::string_view body);
JsonRead<LimitsAsk> house_limits_from_json(std::string_view body);

/// ReportDecision, ReportNote.
JsonRead<ReportState> outcome_from_json(std::string_view body);
JsonRead<std::string> note_from_json(std::string_view body);

}  // namespace seawall
