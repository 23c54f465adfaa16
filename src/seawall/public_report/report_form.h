#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/public_report/report_page.h"

namespace seawall {

/// The fields of a form as browsers send it (application/x-www-form-urlencoded, WHATWG URL section 5.2):
/// `url`, `category`, `text`, each once at most. Others are passed over. At most kFormBytesMax. Errors:
/// kInvalidInput: no such form (not percent-encoded UTF-8, over 16 fields); the message holds nothing of it.
inline constexpr std::size_t kFormBytesMax = 32 * 1024;
Result<ReportFields> report_fields_from(std::string_view body);

/// A report as it is kept.
struct NewReport {
  static constexpr std::size_t kUrlBytesMax = 2'048;
  static constexpr std::size_t kTextCharactersMax = 2'000;

  std::string url;  ///< Canonical: scheme and host in lower case, no fragment, no port of its own.
  std::string category;
  std::string text;
  std::string language;  ///< "en", "de": in which the sender reads.
};
/// Blanks around the address are taken off; one without a scheme gets https://. Gives what is wrong in
/// `faults`. None then.
std::optional<NewReport> report_from(const ReportFields& fields, ReportFaults& faults);

}  // namespace seawall
