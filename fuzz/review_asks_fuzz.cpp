// Property: any bytes are read as the bodies of review and of reports without a crash; no limit is read below
// zero, and a quarantine only with not-a-match and a reason.
#include <cstdint>
#include <cstdlib>

#include "seawall/api/padded_body.h"
#include "seawall/api/review_asks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seawall;
  const PaddedBody body(std::string_view(reinterpret_cast<const char*>(data), size));
  if (const auto ask = grading_from_json(body.text())) {
    if (ask->quarantine && (ask->grade != ReviewGrade::kNotAMatch || ask->why.empty())) std::abort();
  }
  if (const auto ask = house_limits_from_json(body.text())) {
    if (ask->over(exposure_floor()).stills < 0) std::abort();
  }
  (void)own_limits_from_json(body.text());
  (void)viewing_from_json(body.text());
  (void)outcome_from_json(body.text());
  (void)note_from_json(body.text());
  return 0;
}
