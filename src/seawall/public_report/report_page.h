#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/public_report/help_lines.h"
#include "seawall/public_report/report_words.h"

namespace seawall {

/// How far a report is, as its sender may know. The numbers are those of stores.
enum class ReportState : std::uint8_t {
  kReceived = 1,
  kLookedAt = 2,
  kPassedOn = 3,
  kNotIllegal = 4,
  kNotFound = 5,
  kNotOurs = 6,
};
/// "received", "looked-at", "passed-on", "not-illegal", "not-found", "not-ours".
[[nodiscard]] std::string_view name_of(ReportState state);
/// Of those that a person decides: the last four.
[[nodiscard]] std::optional<ReportState> report_outcome_named(std::string_view name);

/// What somebody wrote into the form, as it came.
struct ReportFields {
  std::string url, category, text;
};
/// What is wrong with it.
struct ReportFaults {
  bool url_missing = false, url_wrong = false, category_missing = false, text_long = false;
  [[nodiscard]] bool any() const { return url_missing || url_wrong || category_missing || text_long; }
};

/// The public pages: whole documents of HTML that need no script, one style sheet within that the policy
/// names by its digest, no address of another host but in links, and every text of a sender escaped. WCAG 2.2
/// AA: one heading of the first level, a label for each field, faults in words beside their field and listed
/// above with links, focus that shows, text that wraps at 320 px and grows to 200 %. Threads: any; const.
/// Cost: a few tens of us a page.
class ReportPages {
 public:
  /// `house`: who runs the service, shown as it is written; may be empty.
  ReportPages(std::string house, HelpLines lines);

  [[nodiscard]] std::string form(ReportLanguage language, const ReportFields& fields,
                                 const ReportFaults& faults) const;
  /// `code` empty: so many have reported that address that this one was counted alone.
  [[nodiscard]] std::string thanks(ReportLanguage language, std::string_view code) const;
  /// `state` none: no report has that code.
  [[nodiscard]] std::string state(ReportLanguage language, std::optional<ReportState> state) const;
  [[nodiscard]] std::string busy(ReportLanguage language) const;
  /// The value of Content-Security-Policy for all of them.
  [[nodiscard]] const std::string& policy() const { return policy_; }

 private:
  [[nodiscard]] std::string page(ReportLanguage language, std::string_view title, std::string body) const;
  [[nodiscard]] std::string lines_of(const ReportWords& words, ReportLanguage language) const;

  std::string house_;
  HelpLines lines_;
  std::string policy_;
};

}  // namespace seawall
