#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/playlist/byte_range.h"

namespace seawall {

/// xs:duration without years and months, "PT1H2M3.5S", "P1DT0S": 0 to 100 years.
[[nodiscard]] std::optional<std::chrono::milliseconds> xs_duration(std::string_view text);
/// "<first>-<last>", both inclusive.
[[nodiscard]] std::optional<ByteRange> dash_range(std::string_view text);

struct TemplateValues {
  std::string_view representation_id;
  std::uint64_t bandwidth = 0;
  std::optional<std::uint64_t> number, time;  ///< None: may not be asked for (initialization).
};
/// Fills $RepresentationID$, $Bandwidth$, $Number$, $Time$ (the last three with a width: $Number%05d$) and
/// $$. Source: ISO/IEC 23009-1 section 5.3.9.4.4. Errors: kInvalidInput (no end, not known, a width that is
/// not one); kUnsupported ($SubNumber$); kLimitExceeded.
Result<std::string> filled_template(std::string_view text, const TemplateValues& values);

}  // namespace seawall
