#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seawall {

/// The parts of a report's page, for pages that other modules write. All parameters are plain text and are
/// escaped, unless named *_html. The page allows its own style sheet and nothing else.
[[nodiscard]] std::string html_page_begin(std::string_view title, std::string_view subject,
                                          std::string_view state_html);
[[nodiscard]] std::string html_page_end(std::string_view remark);
[[nodiscard]] std::string html_section_begin(std::string_view id, std::string_view heading);
[[nodiscard]] std::string html_section_end();
/// A table of names and values.
[[nodiscard]] std::string html_two_columns(std::string_view caption, std::string_view left,
                                           std::string_view right,
                                           const std::vector<std::pair<std::string, std::string>>& rows);

}  // namespace seawall
