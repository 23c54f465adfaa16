#include "seawall/report/detail/html_page.h"

#include <algorithm>
#include <array>
#include <span>

#include "seawall/crypto/digest.h"
#include "seawall/report/detail/html_style.h"
#include "seawall/report/html_page.h"
#include "seawall/report/html_text.h"

namespace seawall::report_detail {
namespace {

constexpr int kChartWidth = 660;
constexpr int kChartHeight = 230;
constexpr int kChartLeft = 50;
constexpr int kChartBottom = 34;
constexpr int kChartTop = 12;
constexpr int kBarsMax = 65;

std::string style_digest() {
  const auto digests = digests_of(std::as_bytes(std::span(kStyle)));
  return "sha256-" + base64(digests.sha256);
}

std::string attribute(std::string_view name, int value) {
  return " " + std::string(name) + "=\"" + std::to_string(value) + "\"";
}

// The least of 1, 2, 5 times a power of ten that is at least `count`, so that grid lines are round figures.
std::uint64_t round_ceiling(std::uint64_t count) {
  for (std::uint64_t unit = 1; unit < 1'000'000'000'000'000'000ULL; unit *= 10) {
    for (const std::uint64_t factor : {1U, 2U, 4U, 5U, 8U}) {
      if (factor * unit >= count) return factor * unit;
    }
  }
  return count;
}

struct Bar {
  int first_bits = 0;
  int last_bits = 0;
  std::uint64_t count = 0;
  [[nodiscard]] std::string label() const {
    std::string text = std::to_string(first_bits);
    if (last_bits > first_bits) text += "-" + std::to_string(last_bits);
    return text;
  }
};

std::vector<Bar> bars_of(const std::map<int, std::uint64_t>& counts, int radius_bits) {
  const int width = radius_bits / kBarsMax + 1;
  std::vector<Bar> bars;
  for (int first = 0; first <= radius_bits; first += width) {
    bars.push_back({first, std::min(first + width - 1, radius_bits), 0});
  }
  for (const auto& [bits, count] : counts) {
    if (bits >= 0 && bits <= radius_bits) bars[static_cast<std::size_t>(bits / width)].count += count;
  }
  return bars;
}

std::string chart_grid(std::uint64_t top) {
  constexpr int kLines = 4;
  const int height = kChartHeight - kChartTop - kChartBottom;
  std::string out;
  for (int line = 0; line <= kLines; ++line) {
    if (top * static_cast<std::uint64_t>(line) % kLines != 0) continue;
    const int y = kChartHeight - kChartBottom - height * line / kLines;
    out += "<line class=\"grid\"" + attribute("x1", kChartLeft) + attribute("x2", kChartWidth) +
           attribute("y1", y) + attribute("y2", y) + "/><text text-anchor=\"end\"" +
           attribute("x", kChartLeft - 8) + attribute("y", y + 4) + ">" +
           with_thousands(top * static_cast<std::uint64_t>(line) / kLines) + "</text>\n";
  }
  return out;
}

std::string chart_bar(const Bar& bar, int place, int bars, std::uint64_t top) {
  const int inner = kChartWidth - kChartLeft;
  const int left = kChartLeft + inner * place / bars;
  const int width = std::max(2, inner * (place + 1) / bars - inner * place / bars - 3);
  std::string out;
  if (bar.count > 0) {
    const int height = kChartHeight - kChartTop - kChartBottom;
    const int tall = std::max(2, static_cast<int>(static_cast<double>(height) *
                                                  static_cast<double>(bar.count) / static_cast<double>(top)));
    out += "<rect class=\"bar\" rx=\"2\"" + attribute("x", left + 2) +
           attribute("y", kChartHeight - kChartBottom - tall) + attribute("width", width) +
           attribute("height", tall) + "><title>" + bar.label() + " bits: " + with_thousands(bar.count) +
           "</title></rect>\n";
  }
  const int every = std::max(1, (bars + 7) / 8);
  if (place % every == 0) {
    out += "<text text-anchor=\"middle\"" + attribute("x", left + 2 + width / 2) +
           attribute("y", kChartHeight - kChartBottom + 18) + ">" + std::to_string(bar.first_bits) +
           "</text>\n";
  }
  return out;
}

}  // namespace

std::string page_begin(std::string_view title, std::string_view subject, std::string_view state_html,
                       bool with_pictures) {
  const std::string policy = "default-src 'none'; style-src '" + style_digest() + "'" +
                             (with_pictures ? "; img-src data:" : "") +
                             "; base-uri 'none'; form-action 'none'";
  std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy + "\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  out += "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n";
  out += "<title>" + html_escaped(title) + ": " + html_escaped(subject) + "</title>\n<style>";
  out += kStyle;
  out += "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the figures</a>\n<header>\n";
  out += "<p class=\"brand\">Seawall</p>\n<h1>" + html_escaped(title) + "</h1>\n";
  out += "<p class=\"subject\"><bdi>" + html_escaped(subject) + "</bdi></p>\n<p class=\"state\">";
  out += state_html;
  return out += "</p>\n</header>\n<main id=\"main\">\n";
}

std::string page_end(std::string_view remark) {
  return "</main>\n<footer><p>" + html_escaped(remark) +
         " This page asks nothing of any network.</p></footer>\n</body>\n</html>\n";
}

std::string section_begin(std::string_view id, std::string_view heading) {
  const std::string name(id);
  return "<section aria-labelledby=\"" + name + "\">\n<h2 id=\"" + name + "\">" + html_escaped(heading) +
         "</h2>\n";
}

std::string tiles(const std::vector<std::pair<std::string, std::string>>& figures) {
  std::string out = "<dl class=\"tiles\">\n";
  for (const auto& [name, figure] : figures) {
    out += "<div><dt>" + html_escaped(name) + "</dt><dd>" + html_escaped(figure) + "</dd></div>\n";
  }
  return out += "</dl>\n";
}

std::string two_columns(std::string_view caption, std::string_view left, std::string_view right,
                        const std::vector<std::pair<std::string, std::string>>& rows, bool right_is_number) {
  const std::string style = right_is_number ? " class=\"number\"" : "";
  std::string out = "<table><caption>" + html_escaped(caption) + "</caption>\n<thead><tr><th scope=\"col\">" +
                    html_escaped(left) + "</th><th scope=\"col\"" + style + ">" + html_escaped(right) +
                    "</th></tr></thead>\n<tbody>\n";
  for (const auto& [name, value] : rows) {
    out += "<tr><th scope=\"row\">" + html_escaped(name) + "</th><td" + style + ">" + html_escaped(value) +
           "</td></tr>\n";
  }
  return out += "</tbody></table>\n";
}

std::string distance_chart(const std::map<int, std::uint64_t>& counts, int radius_bits) {
  const std::vector<Bar> bars = bars_of(counts, radius_bits);
  std::uint64_t greatest = 1;
  for (const Bar& bar : bars) greatest = std::max(greatest, bar.count);
  const std::uint64_t top = round_ceiling(greatest);
  std::string out = "<svg class=\"chart\" role=\"img\" aria-labelledby=\"chart-title\" viewBox=\"0 0 " +
                    std::to_string(kChartWidth) + " " + std::to_string(kChartHeight) +
                    "\">\n<title id=\"chart-title\">Matches by distance in bits, 0 to " +
                    std::to_string(radius_bits) + "; the table beside it holds the figures</title>\n";
  out += chart_grid(top);
  const int count = static_cast<int>(bars.size());
  for (int i = 0; i < count; ++i) out += chart_bar(bars[static_cast<std::size_t>(i)], i, count, top);
  return out += "</svg>\n";
}

}  // namespace seawall::report_detail

namespace seawall {

std::string html_page_begin(std::string_view title, std::string_view subject, std::string_view state_html) {
  return report_detail::page_begin(title, subject, state_html, false);
}

std::string html_page_end(std::string_view remark) { return report_detail::page_end(remark); }

std::string html_section_begin(std::string_view id, std::string_view heading) {
  return report_detail::section_begin(id, heading);
}

std::string html_section_end() { return std::string(report_detail::kSectionEnd); }

std::string html_two_columns(std::string_view caption, std::string_view left, std::string_view right,
                             const std::vector<std::pair<std::string, std::string>>& rows) {
  return report_detail::two_columns(caption, left, right, rows, false);
}

}  // namespace seawall
