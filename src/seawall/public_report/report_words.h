#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace seawall {

enum class ReportLanguage : unsigned char { kEnglish, kGerman };

/// What somebody saw, in plain words. The ids are those of the form, of /v1/reports and of stores.
inline constexpr std::array<std::string_view, 5> kReportCategories{"child", "pressure", "intimate",
                                                                   "violence", "other"};

/// All texts of the public page, in one language. Plain words; no term of art.
struct ReportWords {
  std::string_view code;  ///< "en"
  std::string_view title, intro, danger;
  std::string_view url_label, url_hint, url_missing, url_wrong;
  std::string_view category_label, category_missing;
  std::array<std::string_view, kReportCategories.size()> categories;
  std::string_view text_label, text_hint, text_long;
  std::string_view no_files, no_name, send;
  std::string_view faults_title;
  std::string_view thanks_title, thanks, code_label, code_hint, ask_later;
  std::string_view state_title, state_received, state_looked_at, state_passed_on, state_not_illegal,
      state_not_found, state_not_ours, state_unknown;
  std::string_view busy_title, busy;
  std::string_view lines_title, lines_report, lines_help, everywhere, read_on, other_language, back;
};
[[nodiscard]] const ReportWords& words_of(ReportLanguage language);

/// By `lang` ("en", "de"), else by what Accept-Language (RFC 9110 section 12.5.4) likes best of the two;
/// English where it likes neither.
[[nodiscard]] ReportLanguage report_language(std::optional<std::string_view> lang,
                                             std::string_view accept_language);

}  // namespace seawall
