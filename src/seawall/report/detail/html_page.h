#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seawall::report_detail {

/// The parts that every page shares. All text parameters are plain text and are escaped here, unless they are
/// named *_html.

/// From the doctype to the opening of <main>: a strict content security policy that allows this page's own
/// style sheet and, if `with_pictures`, data: pictures; nothing from anywhere else, no script.
std::string page_begin(std::string_view title, std::string_view subject, std::string_view state_html,
                       bool with_pictures);
std::string page_end(std::string_view remark);

std::string section_begin(std::string_view id, std::string_view heading);
inline constexpr std::string_view kSectionEnd = "</section>\n";

/// Pairs of a name and a figure, as tiles.
std::string tiles(const std::vector<std::pair<std::string, std::string>>& figures);

/// A table of names and values.
std::string two_columns(std::string_view caption, std::string_view left, std::string_view right,
                        const std::vector<std::pair<std::string, std::string>>& rows, bool right_is_number);

/// Bars of `counts` by distance in bits, 0..radius, as an inline SVG picture with a text alternative.
/// Distances beyond 64 are gathered in bars of equal width.
std::string distance_chart(const std::map<int, std::uint64_t>& counts, int radius_bits);

}  // namespace seawall::report_detail
