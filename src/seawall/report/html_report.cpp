#include "seawall/report/html_report.h"

#include <algorithm>
#include <span>

#include "seawall/base/codes.h"
#include "seawall/json/text.h"
#include "seawall/report/detail/html_page.h"
#include "seawall/report/detail/sink_buffer.h"
#include "seawall/report/html_text.h"
#include "seawall/report/json_report.h"

namespace seawall {
namespace {

using report_detail::kSectionEnd;
using Rows = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kRemark =
    "A match says that two fingerprints are near each other: a reason to look, not a finding about a person.";

std::string shown_path(std::string_view root, std::string_view path) {
  return "<bdi>" + html_escaped(path_to_utf8(joined_path(root, path))) + "</bdi>";
}

std::string badge(Verdict verdict) {
  const std::string name(name_of(verdict));
  return "<span class=\"badge " + name + "\">" + name + "</span>";
}

std::string state_line(const ScanSummary& summary) {
  std::string out = summary.complete
                        ? "<span class=\"badge allow\">complete</span> "
                        : "<span class=\"badge review\">interrupted</span> the figures are those so far; ";
  out += "begun " + readable_time(summary.started_ms) + ", last result " + readable_time(summary.updated_ms);
  if (summary.sessions > 1) out += ", in " + std::to_string(summary.sessions) + " sessions";
  return out;
}

std::string glance(const ScanSummary& summary) {
  char rates[64];
  (void)std::snprintf(rates, sizeof rates, "%.0f files/s", summary.files_per_second());
  const Rows figures = {{"Files", with_thousands(summary.files)},
                        {"Pictures", with_thousands(summary.pictures)},
                        {"Data", readable_bytes(summary.bytes)},
                        {"Time spent", readable_duration(summary.active_ms)},
                        {"Files with a match", with_thousands(summary.matched_files)},
                        {"Matches", with_thousands(summary.matches)},
                        {"Errors", with_thousands(summary.error_files)},
                        {"Speed", rates}};
  std::string out = report_detail::section_begin("glance", "At a glance") + report_detail::tiles(figures);
  (void)std::snprintf(rates, sizeof rates, "%.1f MB/s", summary.megabytes_per_second());
  out += "<p class=\"note\">Read at " + std::string(rates);
  if (summary.links_skipped > 0) out += ". Links not followed: " + with_thousands(summary.links_skipped);
  if (summary.special_skipped > 0) {
    out += ". FIFOs, sockets and devices passed over: " + with_thousands(summary.special_skipped);
  }
  if (summary.changed_files > 0) {
    out += ". Scanned again because they had changed: " + with_thousands(summary.changed_files);
  }
  out += ".</p>\n";
  return out.append(kSectionEnd);
}

std::string banks_section(const ScanSummary& summary) {
  std::string out = report_detail::section_begin("banks", "Banks");
  out +=
      "<div class=\"cards\"><table role=\"table\"><caption>The lists that this folder was compared with."
      "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\"><th role=\"columnheader\" "
      "scope=\"col\">Bank</th>"
      "<th role=\"columnheader\" scope=\"col\">Action</th><th role=\"columnheader\" scope=\"col\" "
      "class=\"number\">Entries</th><th role=\"columnheader\" scope=\"col\" class=\"number\">Revision</th>"
      "<th role=\"columnheader\" scope=\"col\" class=\"number\">Files with a match</th></tr></thead>\n"
      "<tbody role=\"rowgroup\">\n";
  for (const SummaryBank& bank : summary.banks) {
    const auto count = [&](std::uint64_t value) {
      return is_service(bank) ? std::string("not known") : with_thousands(value);
    };
    const auto verdict = verdict_from_text(bank.action);
    out += "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\" data-label=\"Bank\"><span>" +
           html_escaped(bank.name) + "<span class=\"sub\"><bdi>" + html_escaped(path_to_utf8(bank.path)) +
           "</bdi></span></span></th><td role=\"cell\" data-label=\"Action\"><span>" +
           (verdict ? badge(*verdict) : html_escaped(bank.action)) +
           "</span></td><td role=\"cell\" class=\"number\" data-label=\"Entries\">" +
           count(bank.entry_count) + "</td><td role=\"cell\" class=\"number\" data-label=\"Revision\">" +
           count(bank.revision) + "</td><td role=\"cell\" class=\"number\" data-label=\"Matched\">" +
           with_thousands(bank.matched_files) + "</td></tr>\n";
  }
  out += "</tbody></table></div>\n";
  return out.append(kSectionEnd);
}

std::string distances_section(const ScanSummary& summary, int radius_bits) {
  std::string out = report_detail::section_begin("distances", "How near the matches are");
  Rows rows;
  if (summary.digest_matches > 0) rows.emplace_back("same bytes", with_thousands(summary.digest_matches));
  for (const auto& [bits, count] : summary.pdq_distances) {
    rows.emplace_back(std::to_string(bits), with_thousands(count));
  }
  if (rows.empty()) {
    out += "<p>No file matched.</p>\n";
    return out.append(kSectionEnd);
  }
  if (!summary.pdq_distances.empty())
    radius_bits = std::max(radius_bits, summary.pdq_distances.rbegin()->first);
  out += "<div class=\"pair\">\n<div>" + report_detail::distance_chart(summary.pdq_distances, radius_bits);
  out +=
      "<p class=\"note\">Matches by distance: differing bits of 256. 0 is the same picture; the further "
      "right, "
      "the more it was altered.</p></div>\n";
  out += "<div class=\"scroll\" role=\"region\" aria-label=\"Matches by distance\" tabindex=\"0\">";
  out += report_detail::two_columns("The same figures.", "Distance, bits", "Matches", rows, true);
  out += "</div>\n</div>\n";
  return out.append(kSectionEnd);
}

constexpr std::string_view kMatchHead =
    "<th role=\"columnheader\" scope=\"col\">File</th><th role=\"columnheader\" scope=\"col\">Verdict</th>"
    "<th role=\"columnheader\" scope=\"col\">Bank and entry</th><th role=\"columnheader\" "
    "scope=\"col\">Signal</th>"
    "<th role=\"columnheader\" scope=\"col\" class=\"number\">Distance</th>"
    "<th role=\"columnheader\" scope=\"col\">Variant</th></tr></thead>\n<tbody role=\"rowgroup\">\n";

std::string file_details(const FileRecord& record) {
  std::string out = record.type.empty() ? std::string("unread") : html_escaped(record.type);
  if (record.width_px > 0) {
    out += ", " + std::to_string(record.width_px) + " \xC3\x97 " + std::to_string(record.height_px);
  }
  return out + ", " + readable_bytes(record.size_bytes);
}

std::string thumbnail_cell(const FileRecord& record, ThumbnailSource& thumbnails) {
  std::string out = "<td role=\"cell\" data-label=\"Blurred\">";
  if (const auto bmp = thumbnails.thumbnail_of(record)) {
    out += "<img class=\"thumb\" alt=\"Blurred\" src=\"data:image/bmp;base64," +
           base64(std::as_bytes(std::span(*bmp))) + "\">";
  } else {
    out += "none";
  }
  return out += "</td>";
}

std::string match_row(const FileRecord& record, const RecordedMatch& match, std::string_view root) {
  std::string out = "<th role=\"rowheader\" scope=\"row\" data-label=\"File\"><span>" +
                    shown_path(root, record.path) + "<span class=\"sub\">" + file_details(record) +
                    "</span></span></th>";
  out += "<td role=\"cell\" data-label=\"Verdict\"><span>" + badge(match.verdict) + "</span></td>";
  out += "<td role=\"cell\" data-label=\"Entry\"><span>" + html_escaped(match.bank) +
         "<span class=\"sub\"><bdi>" + html_escaped(match.entry) + "</bdi></span></span></td>";
  out += "<td role=\"cell\" data-label=\"Signal\">" + std::string(signal_name(match)) + "</td>";
  out += "<td role=\"cell\" class=\"number\" data-label=\"Distance\">" + std::to_string(match.distance_bits) +
         "</td>";
  return out += "<td role=\"cell\" data-label=\"Variant\">" + html_escaped(match.variant) +
                (match.clip ? "<span class=\"sub\">" + html_escaped(words_of(*match.clip)) + "</span>" : "") +
                "</td></tr>\n";
}

Result<void> write_matches(report_detail::SinkBuffer& out, const ScanSummary& summary,
                           const RecordSource& records, const HtmlReportOptions& options) {
  if (summary.matches == 0) return {};
  const std::uint64_t shown = std::min<std::uint64_t>(summary.matches, options.match_rows_max);
  out << report_detail::section_begin("matches", "Matches")
      << "<div class=\"cards\"><table role=\"table\"><caption>";
  if (shown < summary.matches) {
    out << "The first " << with_thousands(shown) << " of " << with_thousands(summary.matches)
        << " matches, by path; the CSV and JSON reports hold all.";
  } else {
    out << "All matches, by path.";
  }
  out << "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">";
  if (options.thumbnails != nullptr) out << "<th role=\"columnheader\" scope=\"col\">Blurred</th>";
  out << kMatchHead;
  std::uint64_t rows = 0;
  const auto read = records.each(RecordFilter::kMatched, [&](const FileRecord& record) {
    std::string thumbnail;
    if (options.thumbnails != nullptr) thumbnail = thumbnail_cell(record, *options.thumbnails);
    for (const RecordedMatch& match : record.matches) {
      if (rows++ == shown) return false;
      out << "<tr role=\"row\">" << thumbnail << match_row(record, match, summary.root);
    }
    return rows < shown && out.ok();
  });
  out << "</tbody></table></div>\n" << kSectionEnd;
  return read;
}

Result<void> write_errors(report_detail::SinkBuffer& out, const ScanSummary& summary,
                          const RecordSource& records, const HtmlReportOptions& options) {
  if (summary.error_files == 0) return {};
  Rows codes;
  for (const auto& [code, count] : summary.errors) {
    codes.emplace_back(meaning_of(code).name, with_thousands(count));
  }
  out << report_detail::section_begin("errors", "Errors")
      << report_detail::two_columns("Files and folders that could not be looked at in full, by reason.",
                                    "Code", "Files", codes, true);
  Rows rows;
  const auto read = records.each(RecordFilter::kErrors, [&](const FileRecord& record) {
    rows.emplace_back(path_to_utf8(joined_path(summary.root, record.path)), record.error->message);
    return rows.size() < options.error_rows_max;
  });
  const std::string caption = rows.size() < summary.error_files
                                  ? "The first " + with_thousands(rows.size()) + ", by path."
                                  : std::string("Each of them, by path.");
  out << "<div class=\"scroll\" role=\"region\" aria-label=\"Errors by file\" tabindex=\"0\">"
      << report_detail::two_columns(caption, "Path", "What happened", rows, false) << "</div>\n"
      << kSectionEnd;
  return read;
}

}  // namespace

Result<void> write_html_report(const ScanSummary& summary, const RecordSource& records,
                               const HtmlReportOptions& options, TextSink sink) {
  report_detail::SinkBuffer out(sink);
  out << report_detail::page_begin("Scan report", path_to_utf8(summary.root), state_line(summary),
                                   options.thumbnails != nullptr)
      << glance(summary) << distances_section(summary, options.radius_bits);
  if (auto written = write_matches(out, summary, records, options); !written) return written;
  out << banks_section(summary);
  if (auto written = write_errors(out, summary, records, options); !written) return written;
  out << report_detail::section_begin("settings", "Settings")
      << report_detail::two_columns("How the scan was run.", "Setting", "Value", summary.settings, false)
      << kSectionEnd << report_detail::page_end(kRemark);
  return out.finish();
}

}  // namespace seawall
