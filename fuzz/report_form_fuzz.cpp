// Property: any bytes are read as a report's form, as help lines and as a wish for a language without a
// crash; what is kept of a form is an http address that reads the same again, and no page of it holds a tag
// that its sender wrote.
#include <cstdint>
#include <cstdlib>

#include "seawall/net/url.h"
#include "seawall/public_report/report_form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seawall;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const ReportPages kPages("", help_lines().value());
  (void)help_lines_from(text);
  const ReportLanguage language = report_language({}, text);
  const auto fields = report_fields_from(text);
  if (!fields) return 0;
  ReportFaults faults;
  const auto report = report_from(*fields, faults);
  if (report.has_value() == faults.any()) std::abort();
  if (report) {
    const auto again = http_url_from_text(report->url);
    if (!again || to_text(*again) != report->url) std::abort();
  }
  if (kPages.form(language, *fields, faults).find("<script") != std::string::npos) std::abort();
  return 0;
}
